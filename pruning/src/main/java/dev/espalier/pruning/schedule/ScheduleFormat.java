package dev.espalier.pruning.schedule;

/// A tool that prunes while it trains, and has a way of its own to say a schedule.
public interface ScheduleFormat {
    /// The name on the command line.
    String name();

    /// The schedule in the tool's words.
    Said say(Schedule schedule);

    /// What is said.
    ///
    /// @param note what the reader has to know before using it; one line or several
    /// @param text code or configuration
    /// @param asRun the schedule that the tool will follow: the same, or the nearest that it can express
    record Said(String note, String text, Schedule asRun) {}
}
