"""AWS on your own machine: a program's resources, carried out against an emulator."""
