using System.Buffers;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace ChatModels.Chat.Translation.ToChat;

/// <summary>Writes the chunks of a completion as the events of a message: one content block after the other, each begun and ended.</summary>
internal sealed class MessageEventTranslator : EventTranslator
{
    private AnswerFacts _facts;
    private string? _open;
    private int _block = -1;
    private int _tool = -1;
    private bool _started;
    private bool _called;
    private bool _ended;

    public override void Translate(ReadOnlyMemory<byte> data, IBufferWriter<byte> output)
    {
        if (_ended)
        {
            return;
        }

        if (data.Span.SequenceEqual("[DONE]"u8))
        {
            End(output);
            return;
        }

        if (!_facts.TryRead(data.Span, out var kind))
        {
            throw new JsonException("That is no chunk.");
        }

        if (kind == ObjectKind.Error)
        {
            _ended = true;
            Write(output, "error"u8, new JsonObject { ["type"] = "error", ["error"] = new JsonObject { ["type"] = "api_error", ["message"] = "The provider reported an error." } });
            return;
        }

        using var document = JsonDocument.Parse(data);
        foreach (var choice in document.RootElement.GetItems("choices"))
        {
            // More than one nobody could ask for.
            if ((choice.Get("index")?.GetInt32() ?? 0) == 0 && choice.GetObject("delta") is { } delta)
            {
                Start(output);
                Delta(delta, output);
            }
        }
    }

    /// <summary>Only a finished answer is given an end: a cut one has to look cut.</summary>
    public override void End(IBufferWriter<byte> output)
    {
        if (_ended || !_started || _facts.FinishReasons is not [.., var reason])
        {
            return;
        }

        _ended = true;
        Close(output);
        Write(output, "message_delta"u8, new JsonObject
        {
            ["type"] = "message_delta",
            ["delta"] = new JsonObject { ["stop_reason"] = MessageWriter.StopReason(reason, _called), ["stop_sequence"] = null },
            ["usage"] = MessageWriter.Usage(_facts.Usage),
        });
        Write(output, "message_stop"u8, new JsonObject { ["type"] = "message_stop" });
    }

    private void Start(IBufferWriter<byte> output)
    {
        if (!_started)
        {
            _started = true;

            // The prompt's tokens are not known yet; they come with the end, where clients add them up.
            Write(output, "message_start"u8, new JsonObject { ["type"] = "message_start", ["message"] = MessageWriter.Envelope(_facts, [], null, MessageWriter.Usage(null)) });
        }
    }

    private void Delta(JsonElement delta, IBufferWriter<byte> output)
    {
        if (MessageWriter.Thoughts(delta) is { Length: > 0 } thought)
        {
            Open("thinking", output, new JsonObject { ["type"] = "thinking", ["thinking"] = "", ["signature"] = "" });
            Add(output, new JsonObject { ["type"] = "thinking_delta", ["thinking"] = thought });
        }

        foreach (var text in (string?[])[delta.GetText("content"), delta.GetText("refusal")])
        {
            if (text is { Length: > 0 })
            {
                Open("text", output, new JsonObject { ["type"] = "text", ["text"] = "" });
                Add(output, new JsonObject { ["type"] = "text_delta", ["text"] = text });
            }
        }

        var position = 0;
        foreach (var call in delta.GetItems("tool_calls"))
        {
            Call(call, call.Get("index")?.GetInt32() ?? position, output);
            position++;
        }
    }

    private void Call(JsonElement call, int index, IBufferWriter<byte> output)
    {
        var function = call.GetObject("function");
        if (index != _tool || _open != "tool_use")
        {
            // Blocks come one after the other here: a call that went on later would have no place.
            if (index <= _tool)
            {
                throw new JsonException("The pieces of two calls are mixed.");
            }

            _tool = index;
            _called = true;
            Open(null, output, MessageWriter.ToolUse(call, function, []));
            _open = "tool_use";
        }

        if (function?.GetText("arguments") is { Length: > 0 } arguments)
        {
            Add(output, new JsonObject { ["type"] = "input_json_delta", ["partial_json"] = arguments });
        }
    }

    private void Open(string? kind, IBufferWriter<byte> output, JsonObject block)
    {
        if (kind is not null && _open == kind)
        {
            return;
        }

        Close(output);
        _open = kind;
        _block++;
        Write(output, "content_block_start"u8, new JsonObject { ["type"] = "content_block_start", ["index"] = _block, ["content_block"] = block });
    }

    private void Close(IBufferWriter<byte> output)
    {
        if (_open is not null)
        {
            Write(output, "content_block_stop"u8, new JsonObject { ["type"] = "content_block_stop", ["index"] = _block });
            _open = null;
        }
    }

    private void Add(IBufferWriter<byte> output, JsonObject delta) =>
        Write(output, "content_block_delta"u8, new JsonObject { ["type"] = "content_block_delta", ["index"] = _block, ["delta"] = delta });

    private static void Write(IBufferWriter<byte> output, ReadOnlySpan<byte> name, JsonObject data) => WireJson.WriteEvent(output, name, data);
}
