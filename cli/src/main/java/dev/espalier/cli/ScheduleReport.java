package dev.espalier.cli;

import com.fasterxml.jackson.annotation.JsonIgnore;
import dev.espalier.pruning.schedule.Schedule;
import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.IntStream;

/// A schedule as a table: how sparse at each step, and beside it others.
///
/// @param lastStep the first is 0
/// @param schedule what it does
/// @param compared what the others do
/// @param rows by step
/// @param changes how many rows there would be if none were left out
record ScheduleReport(
        int schemaVersion,
        long lastStep,
        Line schedule,
        List<Line> compared,
        List<Row> rows,
        int changes,
        @JsonIgnore LineChart chart) {
    /// More rows than this are thinned out, for people.
    private static final int MOST_ROWS = 24;

    private static final int THINNED_ROWS = 21;

    /// A schedule in words.
    record Line(String name, String description) {}

    /// A step.
    ///
    /// @param compared the same of the other schedules
    record Row(long step, Target schedule, List<Target> compared) {}

    /// What is to be zero after a step.
    ///
    /// @param sparsity share of all weights
    /// @param removedOfRemaining share of the weights that were left at the row before and are not now
    record Target(BigDecimal sparsity, BigDecimal removedOfRemaining) {
        static Target of(BigDecimal before, BigDecimal now) {
            BigDecimal removed = now.subtract(before)
                    .divide(BigDecimal.ONE.subtract(before), new MathContext(12, RoundingMode.HALF_EVEN));
            return new Target(now, removed.stripTrailingZeros());
        }
    }

    /// @param at the steps to show; empty for those at which a target changes
    /// @param thin whether to leave some out if they are many, and to look at the first schedule only
    static ScheduleReport of(Schedule schedule, List<Schedule> others, long lastStep, List<Long> at, boolean thin) {
        List<Schedule> all = new ArrayList<>(List.of(schedule));
        all.addAll(others);
        TreeSet<Long> steps = new TreeSet<>(at);
        if (at.isEmpty()) {
            steps.add(0L);
            steps.add(lastStep);
            (thin ? List.of(schedule) : all).forEach(s -> s.updates().forEach(steps::add));
        } else if (steps.first() < 0 || steps.last() > lastStep) {
            throw new IllegalArgumentException("the steps are 0 to " + lastStep + ": there is no step "
                    + (steps.first() < 0 ? steps.first() : steps.last()));
        }
        List<Long> shown = new ArrayList<>(steps);
        if (thin && at.isEmpty() && shown.size() > MOST_ROWS) {
            shown = thinned(shown);
        }
        return new ScheduleReport(
                JsonReport.SCHEMA_VERSION,
                lastStep,
                line(schedule),
                others.stream().map(ScheduleReport::line).toList(),
                rows(all, shown),
                steps.size(),
                chart(all, lastStep));
    }

    private static Line line(Schedule schedule) {
        return new Line(schedule.label(), schedule.describe());
    }

    private static List<Long> thinned(List<Long> steps) {
        return IntStream.range(0, THINNED_ROWS)
                .mapToObj(i -> steps.get((int) ((long) i * (steps.size() - 1) / (THINNED_ROWS - 1))))
                .toList();
    }

    private static List<Row> rows(List<Schedule> schedules, List<Long> steps) {
        List<Row> rows = new ArrayList<>();
        List<BigDecimal> before =
                new ArrayList<>(schedules.stream().map(s -> BigDecimal.ZERO).toList());
        for (long step : steps) {
            List<Target> targets = new ArrayList<>();
            for (int i = 0; i < schedules.size(); i++) {
                BigDecimal now = schedules.get(i).targetAt(step).share().stripTrailingZeros();
                targets.add(Target.of(before.get(i), now));
                before.set(i, now);
            }
            rows.add(new Row(step, targets.getFirst(), targets.subList(1, targets.size())));
        }
        return rows;
    }

    private static LineChart chart(List<Schedule> schedules, long lastStep) {
        return new LineChart(
                "Sparsity by step",
                lastStep,
                schedules.stream()
                        .map(s -> new LineChart.Series(
                                s.label(),
                                step -> s.targetAt(step).share().doubleValue(),
                                s.updates()
                                        .limit(LineChart.MOST_CORNERS + 1)
                                        .boxed()
                                        .toList()))
                        .toList());
    }

    void print(Console console, TextPlot.Style plot) {
        console.out().println(schedule.description);
        compared.forEach(line -> console.out().println("compared with " + line.description));
        console.out().println();
        console.out().println(table().render(rows, console.columns()));
        console.out().println();
        console.out().println("of rest %: of the weights left at the row above, the share that goes at this one");
        if (!compared.isEmpty()) {
            console.out().println("ahead: points that the compared schedule is above the first");
        }
        if (rows.size() < changes) {
            console.out().printf("%d of %d steps are shown; --all shows every one%n", rows.size(), changes);
        }
        TextPlot.of(plot, console.columns()).ifPresent(drawn -> {
            console.out().println();
            console.out().println(drawn.draw(chart));
        });
    }

    private TextTable<Row> table() {
        TextTable<Row> table = new TextTable<Row>()
                .number("step", row -> Long.toString(row.step))
                .number("sparsity %", row -> percent(row.schedule.sparsity))
                .number("of rest %", row -> percent(row.schedule.removedOfRemaining));
        for (int i = 0; i < compared.size(); i++) {
            int other = i;
            table.number(compared.get(i).name + " %", row -> percent(row.compared.get(other).sparsity));
            // More of them would not fit 80 columns; JSON and CSV have them all.
            if (compared.size() == 1) {
                table.number("of rest %", row -> percent(row.compared.get(other).removedOfRemaining));
            }
            table.number(
                    "ahead", row -> percent(row.compared.get(other).sparsity.subtract(row.schedule.sparsity)));
        }
        return table;
    }

    private static String percent(BigDecimal share) {
        return share.movePointRight(2).setScale(2, RoundingMode.HALF_EVEN).toPlainString();
    }

    List<List<Object>> csv() {
        List<List<Object>> lines = new ArrayList<>();
        List<Object> header = new ArrayList<>(List.of("step", "sparsity", "removed_of_remaining"));
        for (Line line : compared) {
            header.add(line.name + " sparsity");
            header.add(line.name + " removed_of_remaining");
        }
        lines.add(header);
        for (Row row : rows) {
            List<Object> line = new ArrayList<>(List.of(row.step));
            addTo(line, row.schedule);
            row.compared.forEach(target -> addTo(line, target));
            lines.add(line);
        }
        return lines;
    }

    private static void addTo(List<Object> line, Target target) {
        line.add(target.sparsity.toPlainString());
        line.add(target.removedOfRemaining.toPlainString());
    }
}
