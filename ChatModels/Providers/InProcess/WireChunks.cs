using System.Buffers;
using System.Text.Json;
using Microsoft.Extensions.AI;

namespace ChatModels.Providers.InProcess;

/// <summary>Writes a client's updates as frames of <c>chat.completion.chunk</c>, into one buffer that is used again and again.</summary>
internal sealed class WireChunks(string model, DateTimeOffset now)
{
    private readonly ArrayBufferWriter<byte> _output = new(512);
    private readonly string _id = $"chatcmpl-{Guid.NewGuid():N}";
    private UsageDetails? _usage;
    private string? _finishReason;
    private bool _begun;
    private int _calls;

    public ReadOnlyMemory<byte> Written => _output.WrittenMemory;

    public void Clear() => _output.ResetWrittenCount();

    public void Write(ChatResponseUpdate update)
    {
        foreach (var content in update.Contents)
        {
            switch (content)
            {
                case TextContent { Text.Length: > 0 } text: WriteDelta("content", text.Text); break;
                case TextReasoningContent { Text.Length: > 0 } reasoning: WriteDelta("reasoning_content", reasoning.Text); break;
                case ErrorContent refusal: WriteDelta("refusal", refusal.Message); break;
                case FunctionCallContent call: WriteCall(call); break;
                case UsageContent usage: (_usage ??= new()).Add(usage.Details); break;
            }
        }

        _finishReason = update.FinishReason?.Value ?? _finishReason;
    }

    /// <summary>The finish reason, which clients often leave out, the usage, and the end.</summary>
    public void WriteEnd()
    {
        WriteChunk(json => WriteChoice(json, _ => { }, _finishReason ?? (_calls > 0 ? "tool_calls" : "stop")));
        if (_usage is not null)
        {
            WriteChunk(_ => { }, _usage);
        }

        _output.Write("data: [DONE]\n\n"u8);
    }

    private void WriteDelta(string name, string text) => WriteChunk(json => WriteChoice(json, delta => delta.WriteString(name, text), null));

    private void WriteCall(FunctionCallContent call) => WriteChunk(json => WriteChoice(json, delta =>
    {
        delta.WriteStartArray("tool_calls"u8);
        delta.WriteStartObject();
        delta.WriteNumber("index"u8, _calls++);
        WireJson.WriteFunction(delta, call);
        delta.WriteEndObject();
        delta.WriteEndArray();
    }, null));

    private void WriteChoice(Utf8JsonWriter json, Action<Utf8JsonWriter> writeDelta, string? finishReason)
    {
        json.WriteStartObject();
        json.WriteNumber("index"u8, 0);
        json.WriteStartObject("delta"u8);
        if (!_begun)
        {
            _begun = true;
            json.WriteString("role"u8, "assistant"u8);
        }

        writeDelta(json);
        json.WriteEndObject();
        json.WriteString("finish_reason"u8, finishReason);
        json.WriteEndObject();
    }

    private void WriteChunk(Action<Utf8JsonWriter> writeChoices, UsageDetails? usage = null)
    {
        _output.Write("data: "u8);
        using (var json = new Utf8JsonWriter(_output, WireJson.Options))
        {
            json.WriteStartObject();
            WireJson.WriteHead(json, "chat.completion.chunk", _id, model, now);
            json.WriteStartArray("choices"u8);
            writeChoices(json);
            json.WriteEndArray();
            if (usage is not null)
            {
                WireJson.WriteUsage(json, usage);
            }

            json.WriteEndObject();
        }

        _output.Write("\n\n"u8);
    }
}
