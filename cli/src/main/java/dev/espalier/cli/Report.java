package dev.espalier.cli;

/// What a command found, for people; its record components are the same for programs ([JsonReport]).
interface Report {
    /// Prints it as text.
    void print(Console console);
}
