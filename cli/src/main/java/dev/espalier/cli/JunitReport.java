package dev.espalier.cli;

import dev.espalier.pruning.CheckResult;
import dev.espalier.pruning.Finding;
import dev.espalier.pruning.Verdict;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;

/// The answers of `verify-sparsity` as a JUnit report, which every CI shows: a test case for each check.
/// What could not be checked is an error, since it is not verified; what does not decide is skipped where
/// it fails.
final class JunitReport {
    private JunitReport() {}

    static void write(Path model, Verdict verdict, Path file) throws IOException {
        try (Writer writer = Files.newBufferedWriter(file)) {
            XMLStreamWriter xml = XMLOutputFactory.newFactory().createXMLStreamWriter(writer);
            xml.writeStartDocument("UTF-8", "1.0");
            xml.writeStartElement("testsuite");
            xml.writeAttribute("name", "espalier verify-sparsity " + model);
            xml.writeAttribute("tests", count(verdict, CheckResult.class));
            xml.writeAttribute("failures", count(verdict, CheckResult.Failed.class));
            xml.writeAttribute("errors", count(verdict, CheckResult.NotRun.class));
            for (Verdict.Answer answer : verdict.answers()) {
                xml.writeStartElement("testcase");
                xml.writeAttribute("classname", "verify-sparsity");
                xml.writeAttribute("name", answer.check());
                switch (answer.result()) {
                    case CheckResult.Failed(List<Finding> findings)
                    when !answer.isRequired() -> element(xml, "skipped", "not required: " + text(findings));
                    case CheckResult.NotRun(String reason)
                    when !answer.isRequired() -> element(xml, "skipped", "not required: " + reason);
                    case CheckResult.Passed(String detail) -> element(xml, "system-out", detail);
                    case CheckResult.Failed(List<Finding> findings) -> element(xml, "failure", text(findings));
                    case CheckResult.NotRun(String reason) -> element(xml, "error", reason);
                    case CheckResult.NotAsked() -> {}
                }
                xml.writeEndElement();
            }
            xml.writeEndElement();
            xml.writeEndDocument();
            xml.close();
        } catch (XMLStreamException e) {
            throw new UncheckedIOException(new IOException(e));
        }
    }

    private static String count(Verdict verdict, Class<? extends CheckResult> kind) {
        return Long.toString(verdict.answers().stream()
                .filter(answer -> kind == CheckResult.class || answer.isRequired())
                .filter(answer -> kind.isInstance(answer.result()))
                .count());
    }

    private static String text(List<Finding> findings) {
        return findings.stream()
                .map(finding -> finding.kind() + " " + finding.tensor() + ": " + finding.detail())
                .collect(Collectors.joining("\n"));
    }

    private static void element(XMLStreamWriter xml, String name, String text) throws XMLStreamException {
        xml.writeStartElement(name);
        // Names in a model may be of any characters; XML has no way to write some of them.
        xml.writeCharacters(text.replaceAll("[^\\t\\n\\r\\x20-\\uD7FF\\uE000-\\uFFFD]", "?"));
        xml.writeEndElement();
    }
}
