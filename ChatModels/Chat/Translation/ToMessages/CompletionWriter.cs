using System.Text.Json;
using System.Text.Json.Nodes;

namespace ChatModels.Chat.Translation.ToMessages;

/// <summary>Writes a whole message as a chat completion.</summary>
internal static class CompletionWriter
{
    public static JsonObject Write(JsonElement answer, in AnswerFacts facts, long now) => new()
    {
        ["id"] = facts.Id,
        ["object"] = "chat.completion",
        ["created"] = now,
        ["model"] = facts.Model,
        ["choices"] = new JsonArray(new JsonObject
        {
            ["index"] = 0,
            ["message"] = Message(answer),
            ["logprobs"] = null,
            ["finish_reason"] = FinishReason(facts.FinishReasons is [.., var last] ? last : null),
        }),
        ["usage"] = Usage(facts.Usage),
    };

    /// <summary>What a stop reason is called there. An answer that is not complete must not look so.</summary>
    public static string FinishReason(string? stopReason) => stopReason switch
    {
        "max_tokens" or "model_context_window_exceeded" or "pause_turn" => "length",
        "tool_use" => "tool_calls",
        "refusal" => "content_filter",
        _ => "stop",
    };

    /// <summary>What is known of the usage; a count that is not known is left out, never 0.</summary>
    public static JsonObject? Usage(TokenUsage? known)
    {
        if (known is not { } usage)
        {
            return null;
        }

        JsonObject written = [];
        Set(written, "prompt_tokens", usage.Input);
        Set(written, "completion_tokens", usage.Output);
        Set(written, "total_tokens", usage.Input + usage.Output);
        written["prompt_tokens_details"] = Set(Set([], "cached_tokens", usage.CachedInput), "cache_creation_tokens", usage.CacheCreation);
        written["completion_tokens_details"] = Set([], "reasoning_tokens", usage.Reasoning);
        return written;
    }

    private static JsonObject Set(JsonObject parent, string name, long? count)
    {
        if (count is { } known)
        {
            parent[name] = known;
        }

        return parent;
    }

    private static JsonObject Message(JsonElement answer)
    {
        var blocks = answer.GetItems("content").ToList();
        var texts = blocks.Where(block => block.GetText("type") == "text").Select(block => block.GetText("text")).ToList();
        JsonObject message = new() { ["role"] = "assistant", ["content"] = texts is [] ? null : string.Concat(texts), ["refusal"] = null };
        var thoughts = string.Concat(blocks.Where(block => block.GetText("type") == "thinking").Select(block => block.GetText("thinking")));
        if (thoughts.Length > 0)
        {
            message["reasoning_content"] = thoughts;
        }

        ReasoningDetails.Write(message, blocks.SelectMany(Details));
        JsonArray calls = [.. blocks.Where(block => block.GetText("type") == "tool_use").Select(Call)];
        if (calls is [_, ..])
        {
            message["tool_calls"] = calls;
        }

        return message;
    }

    private static IEnumerable<JsonObject> Details(JsonElement block, int index) => block.GetText("type") switch
    {
        "thinking" => [Signed(block, index)],
        "redacted_thinking" => [ReasoningDetails.Redacted(block.GetText("data") ?? "", index)],
        _ => [],
    };

    private static JsonObject Signed(JsonElement block, int index)
    {
        var detail = ReasoningDetails.Thought(block.GetText("thinking") ?? "", index);
        detail["signature"] = block.GetText("signature");
        return detail;
    }

    private static JsonObject Call(JsonElement block) => new()
    {
        ["id"] = block.GetText("id"),
        ["type"] = "function",
        ["function"] = new JsonObject { ["name"] = block.GetText("name"), ["arguments"] = block.GetObject("input")?.GetRawText() ?? "{}" },
    };
}
