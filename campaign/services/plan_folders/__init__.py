"""A campaign as a folder of TOML and Markdown files: written by export, read back by import."""
