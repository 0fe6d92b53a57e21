using System.Text.Json;
using System.Text.Json.Nodes;
using ChatModels.Providers;
using ChatModels.Registry;

namespace ChatModels.Chat.Translation.ToMessages;

/// <summary>What becomes of <c>reasoning_effort</c>: a hint, so thinking stays off wherever Anthropic would refuse the request because of it.</summary>
internal sealed class ThinkingChoice(JsonElement body, Deployment deployment)
{
    // https://platform.claude.com/docs/en/build-with-claude/extended-thinking: at least 1,024, and less than max_tokens.
    private const int LeastBudget = 1024;

    /// <summary>Writes <c>thinking</c>; whether the model is to think.</summary>
    /// <param name="output">The request.</param>
    /// <param name="turns">The conversation.</param>
    /// <param name="maxTokens">The limit that was asked for, or is the model's own; null where it is only ours.</param>
    public bool Write(JsonObject output, Conversation turns, int? maxTokens)
    {
        if (body.GetObject("thinking") is { } given)
        {
            // Not OpenAI's field, so it is meant as Anthropic understands it.
            output["thinking"] = given.AsNode();
            return given.GetText("type") is not "disabled";
        }

        var effort = body.GetText("reasoning_effort");
        var option = deployment.Provider.Config.Options.ReadText(TranslationOptions.Thinking.Name) ?? "budget";
        if (effort is null or "none" or "minimal" || option == "never" || ForcesTool(output) || turns.IsMidToolsWithoutThinking)
        {
            return false;
        }

        return option == "adaptive" ? WriteAdaptive(output, effort) : WriteBudget(output, effort, maxTokens);
    }

    private static bool WriteAdaptive(JsonObject output, string effort)
    {
        output["thinking"] = new JsonObject { ["type"] = "adaptive" };
        output["output_config"] = new JsonObject { ["effort"] = effort };
        return true;
    }

    private static bool WriteBudget(JsonObject output, string effort, int? maxTokens)
    {
        var wanted = effort switch { "low" => LeastBudget, "medium" => 8 * LeastBudget, _ => 24 * LeastBudget };

        // The budget is part of max_tokens; an answer that has no room left would be none.
        var budget = maxTokens is { } limit ? Math.Min(wanted, limit / 4 * 3) : wanted;
        if (budget < LeastBudget)
        {
            return false;
        }

        output["thinking"] = new JsonObject { ["type"] = "enabled", ["budget_tokens"] = budget };
        output["max_tokens"] = maxTokens ?? (int)output["max_tokens"]! + budget;
        return true;
    }

    private static bool ForcesTool(JsonObject output) => (string?)output["tool_choice"]?["type"] is "any" or "tool";
}
