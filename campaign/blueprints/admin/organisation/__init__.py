"""The staff pages of the organisation and of its set-up."""
