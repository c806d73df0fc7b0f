"""The mail service: takes what SES takes, keeps it whole, says what SES says about it afterwards."""
