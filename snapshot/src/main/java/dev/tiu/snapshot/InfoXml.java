package dev.tiu.snapshot;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SortedMap;
import java.util.TreeMap;
import javax.xml.XMLConstants;
import javax.xml.parsers.DocumentBuilder;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.xml.sax.SAXException;
import org.xml.sax.helpers.DefaultHandler;

/**
 * info.xml as snapper reads and writes it (snapper's Snapshot.cc): one {@code <snapshot>} with
 * type, num, date in UTC, and key/value pairs of userdata.
 */
final class InfoXml {
  private static final DateTimeFormatter DATE = DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss");

  private InfoXml() {}

  static byte[] write(SnapshotInfo info) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      XMLStreamWriter xml =
          XMLOutputFactory.newDefaultFactory()
              .createXMLStreamWriter(out, StandardCharsets.UTF_8.name());
      xml.writeStartDocument(StandardCharsets.UTF_8.name(), "1.0");
      newLine(xml, 0);
      xml.writeStartElement("snapshot");
      write(info, xml);
      newLine(xml, 0);
      xml.writeEndElement();
      newLine(xml, 0);
      xml.writeEndDocument();
      xml.close();
    } catch (XMLStreamException e) {
      throw new IllegalStateException("this Java runtime can't write XML", e);
    }
    return out.toByteArray();
  }

  private static void write(SnapshotInfo info, XMLStreamWriter xml) throws XMLStreamException {
    add(xml, 1, "type", info.type());
    add(xml, 1, "num", Integer.toString(info.number()));
    if (info.preNumber().isPresent()) {
      add(xml, 1, "pre_num", Integer.toString(info.preNumber().getAsInt()));
    }
    add(xml, 1, "date", DATE.format(info.date().atOffset(ZoneOffset.UTC)));
    if (info.uid().isPresent()) {
      add(xml, 1, "uid", Integer.toString(info.uid().getAsInt()));
    }
    if (!info.description().isEmpty()) {
      add(xml, 1, "description", info.description());
    }
    if (info.cleanup().isPresent()) {
      add(xml, 1, "cleanup", info.cleanup().get());
    }
    for (Map.Entry<String, String> pair : info.userdata().entrySet()) {
      newLine(xml, 1);
      xml.writeStartElement("userdata");
      add(xml, 2, "key", pair.getKey());
      add(xml, 2, "value", pair.getValue());
      newLine(xml, 1);
      xml.writeEndElement();
    }
  }

  private static void add(XMLStreamWriter xml, int depth, String name, String text)
      throws XMLStreamException {
    newLine(xml, depth);
    xml.writeStartElement(name);
    String[] lines = writable(text).split("\r", -1);
    for (int i = 0; i < lines.length; i++) {
      if (i > 0) {
        // As it is, a parser would read it as an end of line (section 2.11).
        xml.writeEntityRef("#xD");
      }
      xml.writeCharacters(lines[i]);
    }
    xml.writeEndElement();
  }

  private static void newLine(XMLStreamWriter xml, int depth) throws XMLStreamException {
    xml.writeCharacters("\n" + "  ".repeat(depth));
  }

  /**
   * XML 1.0 has no way to write most control characters (section 2.2); an image's name may have
   * them all the same, and the transformer would make a file that nobody can read.
   */
  private static String writable(String text) {
    return text.codePoints()
        .map(c -> isCharacter(c) ? c : 0xFFFD)
        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
        .toString();
  }

  private static boolean isCharacter(int c) {
    boolean control = c < 0x20 && c != '\t' && c != '\n' && c != '\r';
    boolean surrogate = c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE;
    return !control && !surrogate && c != 0xFFFE && c != 0xFFFF;
  }

  /**
   * Reads an info.xml.
   *
   * @param where names the file in messages
   */
  static SnapshotInfo parse(byte[] xml, String where) throws IOException {
    try {
      DocumentBuilder builder = factory().newDocumentBuilder();
      // The parser's own handler throws as well, but prints to standard error first.
      builder.setErrorHandler(new DefaultHandler());
      Document document = builder.parse(new ByteArrayInputStream(xml), where);
      Element root = document.getDocumentElement();
      return new SnapshotInfo(
          Integer.parseInt(required(root, "num")),
          child(root, "type").orElse("single"),
          number(root, "pre_num"),
          date(child(root, "date")),
          number(root, "uid"),
          child(root, "description").orElse(""),
          child(root, "cleanup").filter(text -> !text.isEmpty()),
          userdata(root));
    } catch (SAXException | IllegalArgumentException | DateTimeException e) {
      throw new DeviceException(
          "%s is not what snapper or tiu writes (%s); the snapshot is left alone"
              .formatted(where, e.getMessage()));
    } catch (ParserConfigurationException e) {
      throw new IllegalStateException("this Java runtime can't read XML", e);
    }
  }

  private static SortedMap<String, String> userdata(Element root) {
    TreeMap<String, String> userdata = new TreeMap<>();
    for (Node node = root.getFirstChild(); node != null; node = node.getNextSibling()) {
      if (node instanceof Element pair && pair.getTagName().equals("userdata")) {
        userdata.put(required(pair, "key"), required(pair, "value"));
      }
    }
    return userdata;
  }

  private static Instant date(Optional<String> text) {
    return text.map(t -> LocalDateTime.parse(t, DATE).toInstant(ZoneOffset.UTC))
        .orElse(Instant.EPOCH);
  }

  private static OptionalInt number(Element parent, String name) {
    Optional<String> text = child(parent, name);
    return text.isPresent() ? OptionalInt.of(Integer.parseInt(text.get())) : OptionalInt.empty();
  }

  private static String required(Element parent, String name) {
    return child(parent, name)
        .orElseThrow(() -> new IllegalArgumentException("<" + name + "> is missing"));
  }

  private static Optional<String> child(Element parent, String name) {
    for (Node node = parent.getFirstChild(); node != null; node = node.getNextSibling()) {
      if (node instanceof Element element && element.getTagName().equals(name)) {
        return Optional.of(element.getTextContent());
      }
    }
    return Optional.empty();
  }

  private static DocumentBuilderFactory factory() throws ParserConfigurationException {
    DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
    factory.setFeature(XMLConstants.FEATURE_SECURE_PROCESSING, true);
    factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
    return factory;
  }
}
