using System.Text.Json;
using System.Text.Json.Nodes;
using ChatModels.Registry;

namespace ChatModels.Chat.Translation.ToChat;

/// <summary>Writes a Messages request as a chat request.</summary>
internal sealed class ChatRequestWriter(JsonElement body, Deployment deployment, Untranslatable refusals)
{
    // They say how the vendor is to cache, store or price the request, and change nothing in the answer.
    private static readonly HashSet<string> Harmless = new(StringComparer.Ordinal)
    {
        "model", "messages", "stream", "max_tokens", "system", "tools", "tool_choice", "stop_sequences", "temperature", "top_p", "thinking", "output_config",
        "metadata", "cache_control", "service_tier", "context_management", "diagnostics",
    };

    private readonly JsonObject _output = [];

    public JsonObject Write(bool stream)
    {
        _output["messages"] = new ChatMessagesWriter(refusals).Write(body);
        WriteMaxTokens();
        ChatToolsWriter.Write(body, _output, refusals);
        Copy("temperature", "temperature");
        Copy("top_p", "top_p");
        Copy("stop_sequences", "stop");
        WriteEffort();
        WriteFormat();
        if (body.GetObject("metadata")?.GetText("user_id") is { Length: > 0 } user)
        {
            _output["user"] = user;
        }

        if (stream)
        {
            _output["stream"] = true;
            if (deployment.Provider.Config.UsageInStream == StreamUsage.Auto)
            {
                _output["stream_options"] = new JsonObject { ["include_usage"] = true };
            }
        }

        RefuseTheRest();
        return _output;
    }

    private void Copy(string from, string to)
    {
        if (body.Get(from) is { } given && !IsEmpty(given))
        {
            _output[to] = given.AsNode();
        }
    }

    private void WriteMaxTokens()
    {
        if (body.Get("max_tokens") is not { ValueKind: JsonValueKind.Number } given)
        {
            refusals.Refuse("max_tokens", "this field is required; give a whole number greater than 0.");
            return;
        }

        // OpenAI's own reasoning models refuse the old name; many that speak its protocol know only that.
        var isOpenAI = deployment.Provider.Config.Type is "azure-openai"
            || (deployment.Provider.Config is { Type: "openai", Endpoint: var endpoint } && (endpoint is null || endpoint.Contains("openai.com", StringComparison.OrdinalIgnoreCase)));
        _output[isOpenAI ? "max_completion_tokens" : "max_tokens"] = given.AsNode();
    }

    private void WriteEffort()
    {
        var thinking = body.GetObject("thinking");
        var effort = body.GetObject("output_config")?.GetText("effort") switch
        {
            "xhigh" or "max" => "high",
            { } given when thinking?.GetText("type") is not "disabled" => given,
            _ => thinking?.GetText("type") == "enabled" ? Effort(thinking.Value.Get("budget_tokens")) : null,
        };
        if (effort is not null)
        {
            _output["reasoning_effort"] = effort;
        }
    }

    private static string Effort(JsonElement? budget) =>
        budget is { ValueKind: JsonValueKind.Number } given && given.TryGetInt32(out var tokens)
            ? tokens < 4096 ? "low" : tokens < 16384 ? "medium" : "high"
            : "medium";

    private void WriteFormat()
    {
        if (body.GetObject("output_config")?.GetObject("format") is not { } format)
        {
            return;
        }

        if (format.GetText("type") == "json_schema" && format.GetObject("schema") is { } schema)
        {
            _output["response_format"] = new JsonObject
            {
                ["type"] = "json_schema",
                ["json_schema"] = new JsonObject { ["name"] = "answer", ["schema"] = schema.AsNode(), ["strict"] = true },
            };
        }
        else
        {
            refusals.Unsupported("output_config.format");
        }
    }

    private void RefuseTheRest()
    {
        foreach (var member in body.EnumerateObject())
        {
            if (member.Value.ValueKind is not JsonValueKind.Null && !Harmless.Contains(member.Name) && !IsEmpty(member.Value))
            {
                refusals.Unsupported(member.Name.Length > 64 ? member.Name[..64] : member.Name);
            }
        }
    }

    private static bool IsEmpty(JsonElement value) => value.ValueKind is JsonValueKind.Array && value.GetArrayLength() == 0;
}
