using System.Text.Json;
using System.Text.Json.Nodes;
using ChatModels.Registry;

namespace ChatModels.Chat.Translation.ToMessages;

/// <summary>Writes a chat request as a Messages request. See https://platform.claude.com/docs/en/api/messages for what that takes.</summary>
internal sealed class MessagesRequestWriter(JsonElement body, ModelEntry model, Deployment deployment, Untranslatable refusals)
{
    private const int UsualMaxTokens = 4096;

    // They say how the vendor is to store, price or speed up the request, and change nothing in the answer.
    private static readonly HashSet<string> Harmless = new(StringComparer.Ordinal)
    {
        "model", "messages", "stream", "stream_options", "max_tokens", "max_completion_tokens", "tools", "tool_choice", "parallel_tool_calls", "stop",
        "reasoning_effort", "user", "safety_identifier", "metadata", "store", "service_tier", "prediction", "prompt_cache_key", "prompt_cache_retention",
    };

    private readonly JsonObject _output = [];

    public JsonObject Write(bool stream)
    {
        var turns = new ConversationWriter(refusals).Write(body);
        if (turns.System is [_, ..])
        {
            _output["system"] = turns.System;
        }

        _output["messages"] = turns.ToJson();
        var maxTokens = WriteMaxTokens();
        new ToolsWriter(body, _output, refusals).Write(turns.CalledTools);
        WriteSampling(new ThinkingChoice(body, deployment).Write(_output, turns, maxTokens));
        WriteStop();
        WriteFormat();
        WriteUser();
        RefuseTheRest();
        if (stream)
        {
            _output["stream"] = true;
        }

        return _output;
    }

    /// <summary>Required here, and not there.</summary>
    private int? WriteMaxTokens()
    {
        var field = body.Get("max_completion_tokens") is null ? "max_tokens" : "max_completion_tokens";
        int? given = null;
        if (body.Get(field) is { } asked)
        {
            given = asked.ValueKind is JsonValueKind.Number && asked.TryGetInt32(out var count) && count > 0 ? count : null;
            if (given is null)
            {
                refusals.Refuse(field, "give a whole number greater than 0.");
            }
        }

        given ??= model.Config.MaxOutputTokens;
        _output["max_tokens"] = given ?? UsualMaxTokens;
        return given;
    }

    private void WriteSampling(bool thinks)
    {
        if (body.Get("temperature") is { ValueKind: JsonValueKind.Number } temperature)
        {
            var value = temperature.GetDouble();
            if (value > 1)
            {
                // OpenAI's scale ends at 2: half of it has no twin, and another temperature than asked for is another answer.
                refusals.Unsupported("temperature above 1");
            }

            if (thinks && value < 1)
            {
                refusals.Unsupported("temperature with reasoning_effort");
            }
            else
            {
                _output["temperature"] = Math.Min(value, 1);
            }
        }

        Copy("top_p");
        Copy("top_k");
    }

    private void Copy(string name)
    {
        if (body.Get(name) is { } value)
        {
            _output[name] = value.AsNode();
        }
    }

    private void WriteStop()
    {
        var given = body.Get("stop") switch
        {
            { ValueKind: JsonValueKind.String } one => [one],
            { ValueKind: JsonValueKind.Array } several => several.EnumerateArray().ToArray(),
            _ => [],
        };
        JsonArray sequences = [];
        foreach (var sequence in given)
        {
            // One of white space alone is refused by Anthropic.
            if (string.IsNullOrWhiteSpace(sequence.GetString()))
            {
                refusals.Unsupported("stop of white space");
            }
            else
            {
                sequences.Add(sequence.AsNode());
            }
        }

        if (sequences is [_, ..])
        {
            _output["stop_sequences"] = sequences;
        }
    }

    private void WriteFormat()
    {
        if (body.GetObject("response_format") is not { } format || format.GetText("type") == "text")
        {
            return;
        }

        if (format.GetText("type") == "json_schema" && format.GetObject("json_schema")?.GetObject("schema") is { } schema)
        {
            _output["output_config"] ??= new JsonObject();
            _output["output_config"]!["format"] = new JsonObject { ["type"] = "json_schema", ["schema"] = schema.AsNode() };
        }
        else
        {
            refusals.Unsupported($"response_format {format.GetText("type")}");
        }
    }

    private void WriteUser()
    {
        if ((body.GetText("safety_identifier") ?? body.GetText("user")) is { Length: > 0 } user)
        {
            _output["metadata"] = new JsonObject { ["user_id"] = user };
        }
    }

    private void RefuseTheRest()
    {
        foreach (var member in body.EnumerateObject())
        {
            if (member.Value.ValueKind is not JsonValueKind.Null && !Harmless.Contains(member.Name) && !SaysNothing(member))
            {
                refusals.Unsupported(member.Name.Length > 64 ? member.Name[..64] : member.Name);
            }
        }
    }

    /// <summary>A parameter with its usual value asks for nothing.</summary>
    private static bool SaysNothing(JsonProperty member) => member.Name switch
    {
        "temperature" or "top_p" or "top_k" or "thinking" or "response_format" => true,
        "n" => member.Value is { ValueKind: JsonValueKind.Number } n && n.TryGetInt32(out var count) && count == 1,
        "logprobs" => member.Value.ValueKind is JsonValueKind.False,
        "top_logprobs" or "frequency_penalty" or "presence_penalty" => member.Value is { ValueKind: JsonValueKind.Number } number && number.GetDouble() == 0,
        "logit_bias" => member.Value is { ValueKind: JsonValueKind.Object } bias && !bias.EnumerateObject().Any(),
        "modalities" => member.Value is { ValueKind: JsonValueKind.Array } kinds && kinds.EnumerateArray().All(kind => kind.ValueEquals("text")),
        _ => false,
    };
}
