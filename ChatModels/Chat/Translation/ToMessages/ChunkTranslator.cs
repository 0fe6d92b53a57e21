using System.Buffers;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace ChatModels.Chat.Translation.ToMessages;

/// <summary>Writes the events of a message as chunks of a completion. What ends a good stream is written only once the message has ended.</summary>
internal sealed class ChunkTranslator(long now) : EventTranslator
{
    private AnswerFacts _facts;
    private int _tool = -1;
    private bool _hasArguments;
    private bool _isTool;

    public override void Translate(ReadOnlyMemory<byte> data, IBufferWriter<byte> output)
    {
        if (!_facts.TryReadMessage(data.Span, out var kind))
        {
            throw new JsonException("That is no event.");
        }

        using var document = JsonDocument.Parse(data);
        var e = document.RootElement;
        switch (e.GetText("type"))
        {
            case "message_start":
                Write(output, new JsonObject { ["role"] = "assistant", ["content"] = "" });
                break;
            case "content_block_start":
                Start(e.GetProperty("content_block"), Index(e), output);
                break;
            case "content_block_delta":
                Delta(e.GetProperty("delta"), Index(e), output);
                break;
            case "content_block_stop" when _isTool:
                Stop(output);
                break;
            case "message_stop":
                End();
                break;
            case "error":
                // Only that there was one; what goes out is said in our own words.
                WireJson.WriteEvent(output, default, new JsonObject { ["error"] = new JsonObject { ["message"] = "The provider reported an error." } });
                break;
            case "ping":
                // Passed on as a sign of life: no chunk has nothing in it.
                output.Write(": ping\n\n"u8);
                break;
        }

        void End()
        {
            Write(output, [], CompletionWriter.FinishReason(_facts.FinishReasons is [.., var last] ? last : null));
            if (CompletionWriter.Usage(_facts.Usage) is { } usage)
            {
                var chunk = Chunk([]);
                chunk["usage"] = usage;
                WireJson.WriteEvent(output, default, chunk);
            }

            output.Write("data: [DONE]\n\n"u8);
        }
    }

    private void Start(JsonElement block, int index, IBufferWriter<byte> output)
    {
        _isTool = false;
        switch (block.GetText("type"))
        {
            case "text" when block.GetText("text") is { Length: > 0 } text:
                Write(output, new JsonObject { ["content"] = text });
                break;
            case "redacted_thinking":
                Details(ReasoningDetails.Redacted(block.GetText("data") ?? "", index), output);
                break;
            case "tool_use":
                _isTool = true;
                _tool++;
                _hasArguments = false;
                Call(output, new JsonObject { ["name"] = block.GetText("name"), ["arguments"] = "" }, block.GetText("id"));

                // Usually empty, and delivered in deltas.
                if (block.GetObject("input") is { } input && input.EnumerateObject().Any())
                {
                    Arguments(input.GetRawText(), output);
                }

                break;
        }
    }

    private void Delta(JsonElement delta, int index, IBufferWriter<byte> output)
    {
        switch (delta.GetText("type"))
        {
            case "text_delta":
                Write(output, new JsonObject { ["content"] = delta.GetText("text") ?? "" });
                break;
            case "thinking_delta" when delta.GetText("thinking") is { } thought:
                JsonObject piece = new() { ["reasoning_content"] = thought };
                ReasoningDetails.Write(piece, ReasoningDetails.Thought(thought, index));
                Write(output, piece);
                break;
            case "signature_delta":
                Details(ReasoningDetails.Signature(delta.GetText("signature") ?? "", index), output);
                break;
            case "input_json_delta" when delta.GetText("partial_json") is { Length: > 0 } json:
                Arguments(json, output);
                break;
        }
    }

    private void Stop(IBufferWriter<byte> output)
    {
        _isTool = false;
        if (!_hasArguments)
        {
            Arguments("{}", output);
        }
    }

    private void Arguments(string json, IBufferWriter<byte> output)
    {
        _hasArguments = true;
        Call(output, new JsonObject { ["arguments"] = json }, null);
    }

    private void Call(IBufferWriter<byte> output, JsonObject function, string? id)
    {
        JsonObject call = new() { ["index"] = _tool };
        if (id is not null)
        {
            call["id"] = id;
            call["type"] = "function";
        }

        call["function"] = function;
        Write(output, new JsonObject { ["tool_calls"] = new JsonArray(call) });
    }

    private void Details(JsonObject detail, IBufferWriter<byte> output)
    {
        JsonObject delta = [];
        ReasoningDetails.Write(delta, detail);
        Write(output, delta);
    }

    private void Write(IBufferWriter<byte> output, JsonObject delta, string? finishReason = null) =>
        WireJson.WriteEvent(output, default, Chunk(new JsonArray(new JsonObject { ["index"] = 0, ["delta"] = delta, ["finish_reason"] = finishReason })));

    private JsonObject Chunk(JsonArray choices) => new()
    {
        ["id"] = _facts.Id,
        ["object"] = "chat.completion.chunk",
        ["created"] = now,
        ["model"] = _facts.Model,
        ["choices"] = choices,
    };

    private static int Index(JsonElement e) => e.GetProperty("index").GetInt32();
}
