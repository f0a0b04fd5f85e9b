package dev.tiu.snapshot;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tiu.bundle.JsonTree;
import dev.tiu.bundle.SignedJson;
import dev.tiu.linux.BytePath;
import dev.tiu.linux.Dir;
import dev.tiu.linux.IdMap;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Which numbers of an image's users and groups are others in a snapshot of it: {@code
 * N/tiu/ids.json}, which isn't there if none are.
 *
 * <pre>
 * {"users": [{"name": "newsvc", "image": 998, "device": 999}], "groups": []}
 * </pre>
 */
final class IdsFile {
  static final String NAME = "ids.json";

  private static final int LIMIT = 16 << 20;
  private static final BytePath PATH = Layout.FILES.resolve(BytePath.of(NAME));

  private IdsFile() {}

  /**
   * That of a snapshot.
   *
   * @param place its {@code N/}
   * @throws DeviceException if it is damaged
   */
  static IdMap read(Dir place) throws IOException {
    if (place.find(PATH).isEmpty()) {
      return IdMap.NONE;
    }
    try (JsonParser parser = new JsonFactory().createParser(place.readAll(PATH, LIMIT))) {
      JsonNode root = JsonTree.read(parser);
      return new IdMap(entries(root.path("users")), entries(root.path("groups")));
    } catch (JsonProcessingException e) {
      throw damaged(e.getOriginalMessage());
    } catch (IllegalArgumentException e) {
      throw damaged(String.valueOf(e.getMessage()));
    }
  }

  private static DeviceException damaged(String why) {
    return new DeviceException(
        "%s, which says what numbers the image's accounts have in it, is damaged (%s)"
            .formatted(PATH, why));
  }

  private static List<IdMap.Entry> entries(JsonNode list) {
    if (!list.isArray()) {
      throw new IllegalArgumentException("a list is missing");
    }
    List<IdMap.Entry> entries = new ArrayList<>();
    for (JsonNode node : list) {
      String name = node.path("name").asText();
      entries.add(new IdMap.Entry(name, id(node.path("image")), id(node.path("device"))));
    }
    return entries;
  }

  private static int id(JsonNode node) {
    if (!node.canConvertToLong() || node.asLong() < 0 || node.asLong() > 0xffffffffL) {
      throw new IllegalArgumentException("a number of a user or group is " + node);
    }
    return (int) node.asLong();
  }

  static byte[] json(IdMap ids) {
    ObjectNode root = SignedJson.object();
    put(root.putArray("users"), ids.users());
    put(root.putArray("groups"), ids.groups());
    return SignedJson.bytes(root);
  }

  private static void put(ArrayNode list, List<IdMap.Entry> entries) {
    for (IdMap.Entry entry : entries) {
      list.addObject()
          .put("name", entry.name())
          .put("image", Integer.toUnsignedLong(entry.image()))
          .put("device", Integer.toUnsignedLong(entry.device()));
    }
  }
}
