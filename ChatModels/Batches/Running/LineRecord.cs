using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace ChatModels.Batches.Running;

/// <summary>A line's result as it is kept: one byte that says in which file it goes, then the line of that file.</summary>
internal static class LineRecord
{
    private const byte Good = (byte)'o';
    private const byte Bad = (byte)'e';

    public static bool IsGood(ReadOnlyMemory<byte> record) => record.Span[0] == Good;

    /// <summary>The line of the file, its end included.</summary>
    public static ReadOnlyMemory<byte> LineOf(ReadOnlyMemory<byte> record) => record[1..];

    /// <summary>The record of an answer. Its request id is its trace's, as of any answer of ours, where there is a trace.</summary>
    public static ReadOnlyMemory<byte> Of(string batch, int line, ReadOnlyMemory<byte> customId, LineAnswer answer)
    {
        var output = Begin(answer.IsGood ? Good : Bad, batch, line, customId, answer.Body.Length);
        Append(output, string.Create(CultureInfo.InvariantCulture, $"{{\"status_code\":{answer.Status},\"request_id\":\"{answer.TraceId ?? BatchIds.Response(batch, line)}\",\"body\":"));
        AppendOnOneLine(output, answer.Body.Span);
        output.Write("},\"error\":null}\n"u8);
        return output.WrittenMemory;
    }

    /// <summary>The record of a line that was not answered.</summary>
    public static ReadOnlyMemory<byte> Of(string batch, int line, ReadOnlyMemory<byte> customId, string code, string message)
    {
        var output = Begin(Bad, batch, line, customId, 128);
        Append(output, $"null,\"error\":{{\"code\":\"{code}\",\"message\":\"{JsonEncodedText.Encode(message, JavaScriptEncoder.UnsafeRelaxedJsonEscaping)}\"}}}}\n");
        return output.WrittenMemory;
    }

    private static ArrayBufferWriter<byte> Begin(byte kind, string batch, int line, ReadOnlyMemory<byte> customId, int length)
    {
        var output = new ArrayBufferWriter<byte>(length + customId.Length + 256);
        output.Write([kind]);
        Append(output, $"{{\"id\":\"{BatchIds.Request(batch, line)}\",\"custom_id\":");
        output.Write(customId.Span);
        output.Write(",\"response\":"u8);
        return output;
    }

    private static void Append(ArrayBufferWriter<byte> output, string text) => Encoding.UTF8.GetBytes(text, output);

    // Line breaks stand only between the tokens of JSON, never in them.
    private static void AppendOnOneLine(ArrayBufferWriter<byte> output, ReadOnlySpan<byte> json)
    {
        var copy = output.GetSpan(json.Length)[..json.Length];
        json.CopyTo(copy);
        copy.Replace((byte)'\n', (byte)' ');
        copy.Replace((byte)'\r', (byte)' ');
        output.Advance(json.Length);
    }
}
