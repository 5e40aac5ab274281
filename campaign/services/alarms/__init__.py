"""What staff must know at once: signs, the rules that judge them, their words, and who is told."""
