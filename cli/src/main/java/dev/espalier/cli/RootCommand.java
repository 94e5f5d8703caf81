package dev.espalier.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/// The command without a command: help and version.
@Command(
        name = "espalier",
        description = "Prunes ONNX models and proves what it did.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        synopsisSubcommandLabel = "COMMAND",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:done, or the property holds",
            "1:ran fine, and the answer is no",
            "2:the command line is wrong",
            "3:the input is at fault",
            "70:a bug in Espalier"
        })
final class RootCommand implements Runnable {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Option(
            names = "--stacktrace",
            scope = ScopeType.INHERIT,
            hidden = true,
            description = "Print the stack trace of an error.")
    boolean showStackTrace;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "no command");
    }
}
