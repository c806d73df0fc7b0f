"""DynamoDB's API over SQLite: the same requests, answers and refusals, on one machine.

`engine.Engine` does the work. Two doors lead to it: `wsgi` speaks the service's HTTP
protocol, `inprocess` joins a boto3 client to an engine without a socket.
"""
