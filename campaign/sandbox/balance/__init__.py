"""The account's money: balance transactions and payouts."""
