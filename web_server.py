"""The web server by its short name: `python -m web_server` is `python -m campaign.web_server`."""

from campaign.web_server import main

if __name__ == "__main__":
    main()
