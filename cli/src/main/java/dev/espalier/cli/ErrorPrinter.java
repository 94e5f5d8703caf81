package dev.espalier.cli;

import dev.espalier.sparse.InputException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/// Says what went wrong, where, and what to do, in three lines, and chooses the exit code.
final class ErrorPrinter {
    private final Console console;

    ErrorPrinter(Console console) {
        this.console = console;
    }

    int input(InputException e, CommandLine command) {
        String file = command.getCommand() instanceof HasModelFile named ? "file '" + named.modelFile() + "'" : "";
        String where = e.where().orElse("");
        print(e.what(), where.startsWith("file ") || file.isEmpty() ? where : join(file, where), e.hint());
        return ExitCode.INPUT;
    }

    private static String join(String file, String where) {
        return where.isEmpty() ? file : file + ", " + where;
    }

    int io(IOException e, CommandLine command) {
        String where = e instanceof FileSystemException file && file.getFile() != null
                ? "file '" + file.getFile() + "'"
                : command.getCommand() instanceof HasModelFile named ? "file '" + named.modelFile() + "'" : "";
        switch (e) {
            case NoSuchFileException missing
            when missing.getReason() != null ->
                print(missing.getReason(), where, Optional.of("make it first: mkdir -p " + missing.getFile()));
            case NoSuchFileException missing ->
                print("no such file", where, Optional.of("check the path; it is relative to the current folder"));
            case AccessDeniedException denied ->
                print("permission denied", where, Optional.of("check who may read and write there"));
            default -> {
                String reason = String.valueOf(
                        e instanceof FileSystemException f && f.getReason() != null ? f.getReason() : e.getMessage());
                print(
                        reason,
                        where,
                        Optional.of(
                                reason.contains("No space left")
                                        ? "free some space, or write to another disk; nothing was left behind"
                                        : "check the file and the folder it is in"));
            }
        }
        return ExitCode.INPUT;
    }

    int usage(ParameterException e) {
        CommandLine line = e.getCommandLine();
        String near = e instanceof UnmatchedArgumentException unmatched
                ? unmatched.getSuggestions().stream()
                        .findFirst()
                        .map(s -> "did you mean '" + s + "'? ")
                        .orElse("")
                : "";
        boolean isNoCommand = e instanceof UnmatchedArgumentException && line.getCommand() instanceof RootCommand;
        String what = isNoCommand
                ? "there is no command '"
                        + ((UnmatchedArgumentException) e).getUnmatched().getFirst() + "'"
                : String.valueOf(e.getMessage());
        print(what, "", Optional.of(near + "see `" + line.getCommandSpec().qualifiedName() + " --help`"));
        return ExitCode.USAGE;
    }

    int outOfMemory() {
        print(
                "not enough memory",
                "",
                Optional.of("give the tool more, for example JAVA_TOOL_OPTIONS=-Xmx8g, or use a larger machine"));
        return ExitCode.INPUT;
    }

    int bug(Exception e) {
        print(
                "a bug in Espalier: " + e,
                "",
                Optional.of("please report it with what follows and, if you can, the model"));
        e.printStackTrace(console.err());
        return ExitCode.BUG;
    }

    private void print(String what, String where, Optional<String> hint) {
        console.out().flush();
        console.err().println("error: " + what);
        if (!where.isEmpty()) {
            console.err().println("  where: " + where);
        }
        hint.ifPresent(text -> console.err().println("  hint: " + text));
    }
}
