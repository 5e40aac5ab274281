"""What can be bought and how it can be paid: products, prices, test cards and bank accounts."""
