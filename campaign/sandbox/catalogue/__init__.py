"""What can be bought and what can be paid with: products, prices, test cards and bank accounts."""
