using System.Text.Json;
using System.Text.Json.Nodes;

namespace ChatModels.Chat.Translation.ToChat;

/// <summary>Writes a whole chat completion as a message.</summary>
internal static class MessageWriter
{
    public static JsonObject Write(JsonElement answer, in AnswerFacts facts)
    {
        var message = answer.GetItems("choices").FirstOrDefault().GetObject("message") ?? throw new JsonException("The completion has no message.");
        var reason = facts.FinishReasons is [var first, ..] ? first : null;
        var content = Content(message, reason);
        var calls = content.Any(block => (string?)block!["type"] == "tool_use");
        return Envelope(facts, content, StopReason(reason, calls), Usage(facts.Usage));
    }

    public static JsonObject Envelope(in AnswerFacts facts, JsonArray content, string? stopReason, JsonObject usage) => new()
    {
        ["id"] = facts.Id ?? "msg_unknown",
        ["type"] = "message",
        ["role"] = "assistant",
        ["model"] = facts.Model,
        ["content"] = content,
        ["stop_reason"] = stopReason,
        ["stop_sequence"] = null,
        ["usage"] = usage,
    };

    public static string StopReason(string? finishReason, bool calls) => finishReason switch
    {
        "length" => "max_tokens",
        "content_filter" => "refusal",
        "tool_calls" or "function_call" => "tool_use",

        // Some servers say stop after a call as well.
        _ => calls ? "tool_use" : "end_turn",
    };

    /// <summary>Here the prompt's tokens are counted apart: fresh, read from the cache, written to it. The counts are required, so what is not known is 0.</summary>
    public static JsonObject Usage(TokenUsage? known)
    {
        var usage = known ?? default;
        return new JsonObject
        {
            ["input_tokens"] = Math.Max(0, (usage.Input ?? 0) - (usage.CachedInput ?? 0) - (usage.CacheCreation ?? 0)),
            ["cache_creation_input_tokens"] = usage.CacheCreation ?? 0,
            ["cache_read_input_tokens"] = usage.CachedInput ?? 0,
            ["output_tokens"] = usage.Output ?? 0,
            ["output_tokens_details"] = usage.Reasoning is { } reasoning ? new JsonObject { ["thinking_tokens"] = reasoning } : null,
        };
    }

    /// <summary>A call, of which the official clients want to know who made it: the model itself.</summary>
    public static JsonObject ToolUse(JsonElement call, JsonElement? function, JsonObject input) => new()
    {
        ["type"] = "tool_use",
        ["id"] = call.GetText("id") ?? throw new JsonException("The call has no id."),
        ["name"] = function?.GetText("name") ?? throw new JsonException("The call names no function."),
        ["input"] = input,
        ["caller"] = new JsonObject { ["type"] = "direct" },
    };

    /// <summary>Servers name the field differently.</summary>
    public static string? Thoughts(JsonElement message) => message.GetText("reasoning_content") ?? message.GetText("reasoning");

    private static JsonArray Content(JsonElement message, string? reason)
    {
        JsonArray content = [];
        if (Thoughts(message) is { Length: > 0 } thoughts)
        {
            content.Add((JsonNode)new JsonObject { ["type"] = "thinking", ["thinking"] = thoughts, ["signature"] = "" });
        }

        foreach (var text in (string?[])[message.GetText("content"), message.GetText("refusal")])
        {
            if (text is { Length: > 0 })
            {
                content.Add((JsonNode)new JsonObject { ["type"] = "text", ["text"] = text });
            }
        }

        foreach (var call in message.GetItems("tool_calls"))
        {
            content.Add((JsonNode)ToolUse(call, reason));
        }

        return content;
    }

    private static JsonObject ToolUse(JsonElement call, string? reason)
    {
        var function = call.GetProperty("function");
        return ToolUse(call, function, Input(function.GetText("arguments"), isCut: reason == "length"));
    }

    private static JsonObject Input(string? arguments, bool isCut)
    {
        try
        {
            return string.IsNullOrWhiteSpace(arguments) ? [] : JsonNode.Parse(arguments) as JsonObject ?? throw new JsonException("Arguments are an object.");
        }
        catch (JsonException) when (isCut)
        {
            // The answer was too long, and says so: what there is of the arguments is no JSON.
            return [];
        }
    }
}
