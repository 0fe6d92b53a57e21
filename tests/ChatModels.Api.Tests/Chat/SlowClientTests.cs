using System.Diagnostics;
using System.Text;
using ChatModels.Api.Tests.Hosting;
using ChatModels.Testing;
using Xunit;

namespace ChatModels.Api.Tests.Chat;

/// <summary>A client that does not read holds the upstream up, and nothing is kept for it.</summary>
public sealed class SlowClientTests(ApiFixture fixture)
{
    private const int Chunks = 48_000;
    private const long All = Chunks * 2_048L;

    private static readonly byte[] Frame = Encoding.UTF8.GetBytes($"data: {{\"choices\":[{{\"index\":0,\"delta\":{{\"content\":\"{new string('x', 1_990)}\"}}}}]}}\n\n");

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task AStreamThatNobodyReads_StandsStill_AndGoesOnWhenSomebodyDoes()
    {
        var written = 0L;
        await using var chat = await ChatFixture.StartAsync(fixture.Api, async (context, _) =>
        {
            context.Response.ContentType = "text/event-stream";
            for (var chunk = 0; chunk < Chunks; chunk++)
            {
                await context.Response.Body.WriteAsync(Frame, context.RequestAborted);
                Interlocked.Add(ref written, Frame.Length);
            }

            await context.Response.Body.WriteAsync("data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n"u8.ToArray(), context.RequestAborted);
        });
        using var message = chat.Message(stream: true);
        using var response = await chat.Client.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, Cancelled);
        var (seen, since) = (0L, Stopwatch.GetTimestamp());

        await WaitUntil.TrueAsync(
            () =>
            {
                var now = Interlocked.Read(ref written);
                (seen, since) = now == seen ? (seen, since) : (now, Stopwatch.GetTimestamp());
                return seen > 0 && Stopwatch.GetElapsedTime(since) > TimeSpan.FromSeconds(1);
            },
            "the upstream to be held up", TimeSpan.FromSeconds(60), Cancelled);

        // What both ends' sockets and servers hold between them is a few megabytes.
        Assert.InRange(seen, 1, All / 2);
        Assert.EndsWith("data: [DONE]\n\n", await ReadAllAsync(response), StringComparison.Ordinal);
        Assert.Equal(Chunks * (long)Frame.Length, written);
    }

    private static async Task<string> ReadAllAsync(HttpResponseMessage response)
    {
        await using var body = await response.Content.ReadAsStreamAsync(Cancelled);
        var buffer = new byte[1024 * 1024];
        var (total, end) = (0L, "");
        while (await body.ReadAsync(buffer, Cancelled) is > 0 and var read)
        {
            total += read;
            end = (end + Encoding.UTF8.GetString(buffer, Math.Max(0, read - 100), Math.Min(100, read)))[^Math.Min(100, end.Length + Math.Min(100, read))..];
        }

        Assert.InRange(total, Chunks * (long)Frame.Length, long.MaxValue);
        return end;
    }
}
