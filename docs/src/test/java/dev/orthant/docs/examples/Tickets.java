package dev.orthant.docs.examples;

import dev.orthant.core.application.LabelledText;
import java.util.List;

/** A few sorted tickets. */
final class Tickets {

  static final List<LabelledText> SORTED =
      List.of(
          LabelledText.of("I was charged twice this month", "billing"),
          LabelledText.of("Where can I download my invoice?", "billing"),
          LabelledText.of("Please refund the last payment", "billing"),
          LabelledText.of("The price on the bill is wrong", "billing"),
          LabelledText.of("My credit card was declined", "billing"),
          LabelledText.of("How do I change the payment method?", "billing"),
          LabelledText.of("You still owe me a refund", "billing"),
          LabelledText.of("Can I get a receipt with our tax number?", "billing"),
          LabelledText.of("The app crashes when I open it", "fault"),
          LabelledText.of("The page shows an error after I log in", "fault"),
          LabelledText.of("Uploads hang at ninety percent", "fault"),
          LabelledText.of("The search does not find anything since the update", "fault"),
          LabelledText.of("The screen stays black", "fault"),
          LabelledText.of("Notifications do not arrive on my phone", "fault"),
          LabelledText.of("The export button does nothing", "fault"),
          LabelledText.of("It is impossible to save: error 500", "fault"));

  static final List<LabelledText> VALIDATION =
      List.of(
          LabelledText.of("The invoice has the wrong amount", "billing"),
          LabelledText.of("The program freezes on start", "fault"));

  static final List<LabelledText> TONE =
      List.of(
          LabelledText.of("Thank you so much for the quick help", "kind"),
          LabelledText.of("You are all wonderful, keep it up", "kind"),
          LabelledText.of("I really appreciate your patience", "kind"),
          LabelledText.of("Have a lovely weekend", "kind"),
          LabelledText.of("This is the worst service ever", "rude"),
          LabelledText.of("You are completely useless", "rude"),
          LabelledText.of("Stop wasting my time, idiots", "rude"),
          LabelledText.of("I have never seen such incompetence", "rude"));

  private Tickets() {}
}
