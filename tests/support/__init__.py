"""What the tests stand on: databases, clients, actors. No test lives here."""
