package dev.tiu.bundle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class JsonTreeTest {
  private static JsonNode read(String json) throws IOException {
    try (JsonParser parser = new JsonFactory().createParser(json)) {
      return JsonTree.read(parser);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "[]",
        "\"text\"",
        "{\"a\": [1, 2147483648, 9223372036854775808, null], \"b\": {\"c\": true, \"d\": false}}",
        "[[[\"\\u00e9\\n\"]], {\"empty\": {}, \"\": \"no name\"}]"
      })
  void tree_is_the_one_that_the_mapper_reads(String json) throws IOException {
    assertThat(read(json)).isEqualTo(new ObjectMapper().readTree(json));
  }

  @Test
  void empty_text_is_a_missing_node() throws IOException {
    assertThat(read(" ").isMissingNode()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"{} {}", "[1] 2", "{\"a\": 1", "[1,", "{\"a\" 1}", "]"})
  void what_is_cut_off_or_goes_on_is_refused(String json) {
    assertThatThrownBy(() -> read(json)).isInstanceOf(JsonProcessingException.class);
  }
}
