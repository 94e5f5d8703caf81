package dev.espalier.cli;

import dev.espalier.pruning.EncodingChoice;
import dev.espalier.pruning.NameGlob;
import dev.espalier.pruning.PatternChoice;
import dev.espalier.pruning.PruningMethods;
import dev.espalier.pruning.Sparsity;
import dev.espalier.pruning.calibrated.CalibratedMethod;
import dev.espalier.pruning.calibrated.CalibratedMethods;
import dev.espalier.pruning.channels.ChannelMethod;
import dev.espalier.pruning.channels.ChannelMethods;
import dev.espalier.pruning.schedule.ScheduleFormat;
import dev.espalier.pruning.schedule.ScheduleFormats;
import dev.espalier.pruning.schedule.Schedules;
import dev.espalier.pruning.scope.Scope;
import dev.espalier.pruning.scope.Scopes;
import dev.espalier.sparse.SparseEncoding;
import dev.espalier.sparse.SparseEncodings;
import java.util.Iterator;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/// Words on the command line to what they mean. The choices are those of the registries.
final class Converters {
    private Converters() {}

    static final class SparsityConverter implements ITypeConverter<Sparsity> {
        @Override
        public Sparsity convert(String text) {
            return checked(() -> Sparsity.parse(text));
        }
    }

    static final class PatternConverter implements ITypeConverter<PatternChoice> {
        @Override
        public PatternChoice convert(String text) {
            try {
                return PatternChoice.parse(text);
            } catch (IllegalArgumentException e) {
                String message = String.valueOf(e.getMessage());
                throw new TypeConversionException(
                        message.endsWith(PatternChoice.FORMS) ? message + ", and channels" : message);
            }
        }
    }

    /// A sparsity in a list of levels: in percent, `50`, or below 1 as a share.
    static final class LevelConverter implements ITypeConverter<Sparsity> {
        @Override
        public Sparsity convert(String text) {
            boolean isPercent = text.matches("0*[1-9]\\d{0,2}(\\.\\d*)?");
            return checked(() -> Sparsity.parse(isPercent ? text + "%" : text));
        }
    }

    static final class EncodingConverter implements ITypeConverter<EncodingChoice> {
        @Override
        public EncodingChoice convert(String text) {
            return checked(() -> EncodingChoice.parse(text));
        }
    }

    /// The methods that need no samples, then those that do.
    static final class Methods implements Iterable<String> {
        static Stream<String> names() {
            return Stream.concat(
                    PruningMethods.ALL.stream().map(PruningMethods.Kind::name),
                    CalibratedMethods.ALL.stream().map(CalibratedMethod::name));
        }

        @Override
        public Iterator<String> iterator() {
            return names().iterator();
        }
    }

    static final class MethodConverter implements ITypeConverter<String> {
        @Override
        public String convert(String text) {
            if (Methods.names().noneMatch(text::equals)) {
                throw new TypeConversionException("'" + text + "' is not a method: there are "
                        + Methods.names().collect(Collectors.joining(", ")));
            }
            return text;
        }
    }

    static final class GlobConverter implements ITypeConverter<NameGlob> {
        @Override
        public NameGlob convert(String text) {
            return checked(() -> NameGlob.of(text));
        }
    }

    static final class ScopeConverter implements ITypeConverter<Scope> {
        @Override
        public Scope convert(String text) {
            return Scopes.named(text)
                    .orElseThrow(() -> new TypeConversionException("'" + text + "' is not a scope: there are "
                            + Scopes.ALL.stream().map(Scope::name).collect(Collectors.joining(", "))));
        }
    }

    static final class ScheduleFormatConverter implements ITypeConverter<ScheduleFormat> {
        @Override
        public ScheduleFormat convert(String text) {
            return ScheduleFormats.named(text)
                    .orElseThrow(() -> new TypeConversionException("'" + text + "' is not a tool: there are "
                            + ScheduleFormats.ALL.stream()
                                    .map(ScheduleFormat::name)
                                    .collect(Collectors.joining(", "))));
        }
    }

    static final class ChannelMethodConverter implements ITypeConverter<ChannelMethod> {
        @Override
        public ChannelMethod convert(String text) {
            return ChannelMethods.named(text)
                    .orElseThrow(() -> new TypeConversionException("'" + text + "' is not a method: there are "
                            + ChannelMethods.ALL.stream()
                                    .map(ChannelMethod::name)
                                    .collect(Collectors.joining(", "))));
        }
    }

    static final class ScheduleFormatNames implements Iterable<String> {
        @Override
        public Iterator<String> iterator() {
            return ScheduleFormats.ALL.stream().map(ScheduleFormat::name).iterator();
        }
    }

    static final class ScheduleNames implements Iterable<String> {
        @Override
        public Iterator<String> iterator() {
            return Schedules.ALL.stream().map(Schedules.Named::name).iterator();
        }
    }

    static final class ChannelMethodNames implements Iterable<String> {
        @Override
        public Iterator<String> iterator() {
            return ChannelMethods.ALL.stream().map(ChannelMethod::name).iterator();
        }
    }

    static final class ScopeNames implements Iterable<String> {
        @Override
        public Iterator<String> iterator() {
            return Scopes.ALL.stream().map(Scope::name).iterator();
        }
    }

    static final class Encodings implements Iterable<String> {
        @Override
        public Iterator<String> iterator() {
            return Stream.concat(Stream.of("auto"), SparseEncodings.ALL.stream().map(SparseEncoding::name))
                    .iterator();
        }
    }

    static <T> T checked(Supplier<T> parse) {
        try {
            return parse.get();
        } catch (IllegalArgumentException e) {
            throw new TypeConversionException(e.getMessage());
        }
    }
}
