package dev.espalier.cli;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import picocli.CommandLine;
import picocli.CommandLine.HelpCommand;

/// The commands by name, in the order in which help lists them. To add one, write its class and add it here.
final class Commands {
    private static final Map<String, Function<Console, Object>> ALL = new LinkedHashMap<>();

    static {
        ALL.put("inspect", InspectCommand::new);
        ALL.put("sensitivity", SensitivityCommand::new);
        ALL.put("prune", PruneCommand::new);
        ALL.put("export", ExportCommand::new);
        ALL.put("verify-sparsity", VerifySparsityCommand::new);
        ALL.put("validate", ValidateCommand::new);
        ALL.put("schedule", ScheduleCommand::new);
        ALL.put("accuracy", AccuracyCommand::new);
        ALL.put("latency", LatencyCommand::new);
        ALL.put("help", console -> new HelpCommand());
    }

    private Commands() {}

    /// The command line for these arguments. Setting up a command takes longer than many a run, so only the one
    /// that is named is set up; all of them if none is, for help and for suggestions.
    static CommandLine lineFor(Console console, String... args) {
        CommandLine line = new CommandLine(new RootCommand());
        String first = args.length == 0 ? "" : args[0];
        if (first.equals("prune") && ChannelArguments.areAboutDead(args)) {
            line.addSubcommand(first, new DeadPruneCommand(console));
        } else if (first.equals("prune") && ChannelArguments.areAboutRecovering(args)) {
            line.addSubcommand(first, new RecoverCommand(console));
        } else if (first.equals("prune") && ChannelArguments.areAboutPruning(args)) {
            line.addSubcommand(first, new ChannelPruneCommand(console));
        } else if (first.equals("inspect") && ChannelArguments.areAboutInspecting(args)) {
            line.addSubcommand(first, new ChannelInspectCommand(console));
        } else if (ALL.containsKey(first) && !first.equals("help")) {
            line.addSubcommand(first, ALL.get(first).apply(console));
        } else {
            ALL.forEach((name, command) -> line.addSubcommand(name, command.apply(console)));
        }
        return line;
    }
}
