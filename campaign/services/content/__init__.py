"""The texts of a campaign: drafts, versions and their publication into the tables that the site reads."""
