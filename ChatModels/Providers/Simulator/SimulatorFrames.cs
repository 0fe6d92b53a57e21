using System.Buffers;
using System.Text.Json;

namespace ChatModels.Providers.Simulator;

/// <summary>Writes the frames of a stream (<c>chat.completion.chunk</c>) into one buffer that is used again and again.</summary>
internal sealed class SimulatorFrames : IDisposable
{
    private readonly SimulatedAnswer _answer;
    private readonly ArrayBufferWriter<byte> _output = new(512);
    private readonly Utf8JsonWriter _json;

    public SimulatorFrames(SimulatedAnswer answer)
    {
        _answer = answer;
        _json = new Utf8JsonWriter(_output, SimulatorJson.Options);
    }

    public ReadOnlyMemory<byte> Written => _output.WrittenMemory;

    public void Clear() => _output.ResetWrittenCount();

    public void Dispose() => _json.Dispose();

    /// <summary>The first frame of each choice: the role and, for a tool call, its name.</summary>
    public void WriteRole()
    {
        for (var choice = 0; choice < _answer.Choices; choice++)
        {
            BeginDelta(choice);
            _json.WriteString("role"u8, "assistant"u8);
            _json.WriteString("content"u8, _answer.Tool is null ? "" : null);
            if (_answer.Tool is not null)
            {
                BeginToolCall();
                SimulatorJson.WriteToolCall(_json, _answer, choice, "");
                EndToolCall();
            }

            _json.WriteNull("refusal"u8);
            EndDelta(null);
        }
    }

    public void WriteText(Range part)
    {
        for (var choice = 0; choice < _answer.Choices; choice++)
        {
            BeginDelta(choice);
            if (_answer.Tool is null)
            {
                _json.WriteString("content"u8, _answer.Text.AsSpan(part));
            }
            else
            {
                BeginToolCall();
                _json.WriteStartObject("function"u8);
                _json.WriteString("arguments"u8, _answer.Text.AsSpan(part));
                _json.WriteEndObject();
                EndToolCall();
            }

            EndDelta(null);
        }
    }

    /// <summary>The finish reasons, the usage where it was asked for, and the end.</summary>
    public void WriteEnd()
    {
        for (var choice = 0; choice < _answer.Choices; choice++)
        {
            BeginDelta(choice);
            EndDelta(_answer.FinishReason);
        }

        if (_answer.IncludeUsage)
        {
            BeginFrame();
            _json.WriteEndArray();
            SimulatorJson.WriteUsage(_json, _answer);
            EndFrame();
        }

        _output.Write("data: [DONE]\n\n"u8);
    }

    private void BeginDelta(int choice)
    {
        BeginFrame();
        _json.WriteStartObject();
        _json.WriteNumber("index"u8, choice);
        _json.WriteStartObject("delta"u8);
    }

    private void EndDelta(string? finishReason)
    {
        _json.WriteEndObject();
        _json.WriteNull("logprobs"u8);
        _json.WriteString("finish_reason"u8, finishReason);
        _json.WriteEndObject();
        _json.WriteEndArray();
        if (_answer.IncludeUsage)
        {
            _json.WriteNull("usage"u8);
        }

        EndFrame();
    }

    private void BeginToolCall()
    {
        _json.WriteStartArray("tool_calls"u8);
        _json.WriteStartObject();
        _json.WriteNumber("index"u8, 0);
    }

    private void EndToolCall()
    {
        _json.WriteEndObject();
        _json.WriteEndArray();
    }

    private void BeginFrame()
    {
        _output.Write("data: "u8);
        _json.Reset();
        _json.WriteStartObject();
        SimulatorJson.WriteHead(_json, _answer, "chat.completion.chunk"u8);
        _json.WriteStartArray("choices"u8);
    }

    private void EndFrame()
    {
        _json.WriteEndObject();
        _json.Flush();
        _output.Write("\n\n"u8);
    }
}
