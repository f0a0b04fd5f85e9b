package dev.tiu.health;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Locale;
import org.junit.jupiter.api.Test;

final class TrialPolicyTest {
  @Test
  void settings_name_the_policies() {
    assertThat(TrialPolicy.ofSetting("never")).contains(TrialPolicy.NEVER);
    assertThat(TrialPolicy.ofSetting("always")).contains(TrialPolicy.ALWAYS);
  }

  @Test
  void every_policy_has_a_setting_that_names_it() {
    for (TrialPolicy policy : TrialPolicy.values()) {
      assertThat(TrialPolicy.ofSetting(policy.setting())).contains(policy);
    }
  }

  @Test
  void anything_else_is_no_setting() {
    for (String setting : new String[] {"", "NEVER", "Always", " never", "sometimes"}) {
      assertThat(TrialPolicy.ofSetting(setting)).as("'%s'", setting).isEmpty();
    }
  }

  @Test
  void settings_do_not_depend_on_the_language() {
    Locale before = Locale.getDefault();
    try {
      Locale.setDefault(Locale.forLanguageTag("tr"));
      assertThat(TrialPolicy.NEVER.setting()).isEqualTo("never");
      assertThat(TrialPolicy.ALWAYS.setting()).isEqualTo("always");
    } finally {
      Locale.setDefault(before);
    }
  }

  @Test
  void only_always_asks_for_a_trial() {
    assertThat(TrialPolicy.ALWAYS.asksForTrial()).isTrue();
    assertThat(TrialPolicy.NEVER.asksForTrial()).isFalse();
  }
}
