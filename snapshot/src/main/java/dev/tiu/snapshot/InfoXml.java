package dev.tiu.snapshot;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SortedMap;
import java.util.TreeMap;
import javax.xml.XMLConstants;
import javax.xml.parsers.DocumentBuilder;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import javax.xml.transform.OutputKeys;
import javax.xml.transform.Transformer;
import javax.xml.transform.TransformerException;
import javax.xml.transform.TransformerFactory;
import javax.xml.transform.dom.DOMSource;
import javax.xml.transform.stream.StreamResult;
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
    try {
      Document document = factory().newDocumentBuilder().newDocument();
      Element root = document.createElement("snapshot");
      document.appendChild(root);
      add(root, "type", info.type());
      add(root, "num", Integer.toString(info.number()));
      info.preNumber().ifPresent(n -> add(root, "pre_num", Integer.toString(n)));
      add(root, "date", DATE.format(info.date().atOffset(ZoneOffset.UTC)));
      info.uid().ifPresent(uid -> add(root, "uid", Integer.toString(uid)));
      if (!info.description().isEmpty()) {
        add(root, "description", info.description());
      }
      info.cleanup().ifPresent(cleanup -> add(root, "cleanup", cleanup));
      info.userdata()
          .forEach(
              (key, value) -> {
                Element pair = document.createElement("userdata");
                root.appendChild(pair);
                add(pair, "key", key);
                add(pair, "value", value);
              });
      return serialize(document);
    } catch (ParserConfigurationException | TransformerException e) {
      throw new IllegalStateException("this Java runtime can't write XML", e);
    }
  }

  private static byte[] serialize(Document document) throws TransformerException {
    Transformer transformer = TransformerFactory.newInstance().newTransformer();
    transformer.setOutputProperty(OutputKeys.INDENT, "yes");
    transformer.setOutputProperty(OutputKeys.STANDALONE, "yes");
    document.setXmlStandalone(true);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    transformer.transform(new DOMSource(document), new StreamResult(out));
    return out.toByteArray();
  }

  private static void add(Element parent, String name, String text) {
    Element child = parent.getOwnerDocument().createElement(name);
    child.setTextContent(writable(text));
    parent.appendChild(child);
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
