package dev.espalier.cli;

import dev.espalier.sparse.InputException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import picocli.CommandLine;

/// The entry point.
public final class Main {
    private Main() {}

    /// Runs one command and exits.
    public static void main(String[] args) {
        // Reports are the same everywhere, whatever the machine's language.
        Locale.setDefault(Locale.ROOT);
        Console console = Console.ofProcess();
        int code = run(console, args);
        console.flush();
        System.exit(code);
    }

    /// Runs one command.
    ///
    /// @return the exit code
    static int run(Console console, String... args) {
        if (args.length == 1 && (args[0].equals("--version") || args[0].equals("-V"))) {
            // Scripts ask this often: not worth setting up a command line.
            console.out().println(Version.line());
            return ExitCode.OK;
        }
        CommandLine line = Commands.lineFor(console, args);
        line.setOut(new PrintWriter(console.out(), true, StandardCharsets.UTF_8));
        line.setErr(new PrintWriter(console.err(), true, StandardCharsets.UTF_8));
        line.setCaseInsensitiveEnumValuesAllowed(true);
        line.setUsageHelpAutoWidth(true);
        line.setParameterExceptionHandler((e, a) -> new ErrorPrinter(console).usage(e));
        line.setExecutionExceptionHandler((e, command, parsed) -> report(e, command, console));
        try {
            return line.execute(args);
        } catch (OutOfMemoryError e) {
            return new ErrorPrinter(console).outOfMemory();
        }
    }

    private static int report(Exception e, CommandLine command, Console console) throws Exception {
        ErrorPrinter printer = new ErrorPrinter(console);
        if (command.getParent().getCommand() instanceof RootCommand root && root.showStackTrace) {
            e.printStackTrace(console.err());
        }
        return switch (e) {
            case InputException input -> printer.input(input, command);
            case IOException io -> printer.io(io, command);
            case CommandLine.ParameterException usage -> printer.usage(usage);
            default -> printer.bug(e);
        };
    }
}
