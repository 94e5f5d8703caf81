package dev.espalier.pruning.recipe;

import dev.espalier.pruning.PruningException;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.events.CollectionEndEvent;
import org.snakeyaml.engine.v2.events.CollectionStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/// A part of a YAML file, which knows where it stands. Scalars are what is written, not what they may mean.
final class Yaml {
    private static final long LARGEST_FILE = 1 << 20;
    private static final int DEEPEST = 8;

    private final Path file;
    private final Node node;

    private Yaml(Path file, Node node) {
        this.file = file;
        this.node = node;
    }

    /// Reads a file.
    ///
    /// @throws PruningException if it is not YAML, is larger than a megabyte or nested more than eight levels deep
    static Yaml read(Path file) throws IOException {
        if (Files.size(file) > LARGEST_FILE) {
            throw new PruningException("larger than a megabyte", "file '" + file + "'", "give one written by hand");
        }
        LoadSettings settings = LoadSettings.builder()
                .setAllowDuplicateKeys(false)
                .setMaxAliasesForCollections(0)
                .setCodePointLimit((int) LARGEST_FILE)
                .build();
        try {
            String text = Files.readString(file);
            requireFlat(new Parse(settings).parseString(text), file);
            Optional<Node> root = new Compose(settings).composeString(text);
            return new Yaml(
                    file, root.orElseThrow(() -> new PruningException("an empty file", "file '" + file + "'", "")));
        } catch (CharacterCodingException e) {
            throw new PruningException("not a text in UTF-8", "file '" + file + "'", "");
        } catch (MarkedYamlEngineException e) {
            throw new PruningException(
                    "not YAML: " + e.getProblem(), where(file, e.getProblemMark()), "quote names that begin with *");
        } catch (YamlEngineException e) {
            throw new PruningException("not YAML: " + e.getMessage(), "file '" + file + "'", "");
        }
    }

    /// The composer calls itself for what is nested.
    private static void requireFlat(Iterable<Event> events, Path file) {
        int depth = 0;
        for (Event event : events) {
            depth += event instanceof CollectionStartEvent ? 1 : 0;
            depth -= event instanceof CollectionEndEvent ? 1 : 0;
            if (depth > DEEPEST) {
                throw new PruningException(
                        "nested more than " + DEEPEST + " levels deep", where(file, event.getStartMark()), "");
            }
        }
    }

    private static String where(Path file, Optional<Mark> mark) {
        return "file '" + file + "'"
                + mark.map(at -> ", line " + (at.getLine() + 1)).orElse("");
    }

    /// An error here.
    PruningException error(String what, String hint) {
        return new PruningException(what, where(file, node.getStartMark()), hint);
    }

    /// Its entries by their keys, in order.
    ///
    /// @param what what was expected, for the message
    /// @throws PruningException if it is no mapping
    Map<String, Yaml> entries(String what) {
        if (!(node instanceof MappingNode mapping)) {
            throw error("not " + what, "write KEY: VALUE lines");
        }
        Map<String, Yaml> entries = new LinkedHashMap<>();
        for (NodeTuple tuple : mapping.getValue()) {
            Yaml key = new Yaml(file, tuple.getKeyNode());
            if (entries.put(key.text(), new Yaml(file, tuple.getValueNode())) != null) {
                throw key.error("the key '" + key.text() + "' is there twice", "");
            }
        }
        return entries;
    }

    /// Its items.
    ///
    /// @throws PruningException if it is no list
    List<Yaml> items(String what) {
        if (!(node instanceof SequenceNode sequence)) {
            throw error("not " + what, "begin each with '- '");
        }
        List<Yaml> items = new ArrayList<>();
        sequence.getValue().forEach(item -> items.add(new Yaml(file, item)));
        return items;
    }

    /// Its texts: those of a list, or the only one.
    List<String> texts() {
        return node instanceof SequenceNode
                ? items("a list").stream().map(Yaml::text).toList()
                : List.of(text());
    }

    /// What is written.
    ///
    /// @throws PruningException if it is a list or a mapping
    String text() {
        if (!(node instanceof ScalarNode scalar)) {
            throw error("not a single value", "");
        }
        return scalar.getValue();
    }
}
