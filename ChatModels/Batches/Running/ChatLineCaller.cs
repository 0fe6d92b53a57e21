using System.Buffers;
using ChatModels.Chat;
using ChatModels.Providers;

namespace ChatModels.Batches.Running;

/// <summary>Calls down the same path as an interactive request.</summary>
internal sealed class ChatLineCaller(ChatPipeline pipeline) : ILineCaller
{
    private const int MostBytes = 16 * 1024 * 1024;

    private static readonly ChatSendOptions Behind = new() { Priority = ChatPriority.Batch };

    // On a thread of its own: whoever runs batches does everything else on one.
    public Task<LineAnswer> CallAsync(ReadOnlyMemory<byte> body, CancellationToken cancellationToken) => Task.Run(() => SendAsync(body, cancellationToken), CancellationToken.None);

    private async Task<LineAnswer> SendAsync(ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        await using var reply = await pipeline.SendAsync(new ChatCall(UpstreamOperation.ChatCompletions, body), Behind, cancellationToken);
        if (reply.IsStream)
        {
            return Failed(ErrorCodes.InvalidRequest, 400, "'stream' must not be true in a batch; leave it out.");
        }

        try
        {
            var answer = await ReadAsync(reply, cancellationToken);
            return reply.Failure is { } failure ? new LineAnswer(failure.Status, answer) { Code = failure.Code, RetryAfter = failure.RetryAfter } : Checked(answer);
        }
        catch (ChatModelsException) when (reply.BrokenOff is not null)
        {
            return Failed(reply.BrokenOff.Code, reply.BrokenOff.Status, reply.BrokenOff.Message);
        }
        catch (IOException)
        {
            return Failed(ErrorCodes.UpstreamTruncated, 502, "The provider's answer is too long for a batch.");
        }
    }

    private static async Task<ReadOnlyMemory<byte>> ReadAsync(ChatReply reply, CancellationToken cancellationToken)
    {
        var answer = new ArrayBufferWriter<byte>((int)Math.Clamp(reply.Length ?? 4096, 256, MostBytes));
        while (await reply.ReadAsync(cancellationToken) is { IsEmpty: false } bytes)
        {
            if (answer.WrittenCount + bytes.Length > MostBytes)
            {
                throw new IOException("The answer is too long.");
            }

            answer.Write(bytes.Span);
        }

        return answer.WrittenMemory;
    }

    // It becomes part of a line of JSON: what is no JSON would ruin the file.
    private static LineAnswer Checked(ReadOnlyMemory<byte> answer)
    {
        var json = new JsonScanner(answer.Span);
        return json.TrySkipValue() && json.AtEnd() ? new LineAnswer(200, answer) : Failed(ErrorCodes.UpstreamInvalidResponse, 502, "The provider's answer is not JSON.");
    }

    private static LineAnswer Failed(string code, int status, string message) => new(status, OpenAIErrorBody.Write(status, code, message, null)) { Code = code };
}
