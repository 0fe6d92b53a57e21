using System.IO.Pipelines;
using System.Net;
using System.Text;
using ChatModels.Api.Tests.Hosting;
using ChatModels.Testing;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace ChatModels.Api.Tests.Chat;

/// <summary>The longest streams and prompts leave nothing behind, and cost no memory for their length. Measured over the whole process, so alone in it.</summary>
[Collection(nameof(MemoryTests))]
[CollectionDefinition(nameof(MemoryTests), DisableParallelization = true)]
public sealed class MemoryTests(ApiFixture fixture)
{
    private const int Chunks = 200_000;
    private const int Prompts = 300;
    private const long MiB = 1024 * 1024;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task AStreamOf200000Chunks_TakesNoMoreMemoryAtItsEndThanAtItsBeginning()
    {
        await using var chat = await ChatFixture.StartAsync(fixture.Api, UpstreamStreaming.Flood(Chunks));
        using var message = chat.Message(stream: true);
        using var response = await chat.Client.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, Cancelled);
        await using var body = await response.Content.ReadAsStreamAsync(Cancelled);
        using var lines = new StreamReader(body);
        List<long> live = [];
        var chunks = 0;
        while (await lines.ReadLineAsync(Cancelled) is { } line)
        {
            if (line.Contains("\"word \"", StringComparison.Ordinal) && ++chunks % (Chunks / 5) == Chunks / 10)
            {
                live.Add(GC.GetTotalMemory(forceFullCollection: true));
            }
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"live bytes after each fifth: {string.Join(", ", live)}");
        Assert.Equal((Chunks, 5), (chunks, live.Count));
        Assert.InRange(live.Max() - live[0], long.MinValue, 2 * MiB);
    }

    [Fact]
    public async Task PromptsOf1MiB_LeaveNothingBehind_AndAreNotCopiedAnew()
    {
        await using var chat = await ChatFixture.StartAsync(fixture.Api, UpstreamReply.Auto("never"));
        chat.Upstream.OnUnread = SwallowAsync;
        var body = Encoding.UTF8.GetBytes(chat.Ask().Replace("Hi", string.Concat(Enumerable.Repeat("Line of a prompt.\\n", 1024 * 1024 / 19)), StringComparison.Ordinal));
        await SendAsync(body, 100);
        var (live, allocated) = (GC.GetTotalMemory(forceFullCollection: true), GC.GetTotalAllocatedBytes(precise: true));

        await SendAsync(body, Prompts);

        var each = (GC.GetTotalAllocatedBytes(precise: true) - allocated) / Prompts;
        var growth = GC.GetTotalMemory(forceFullCollection: true) - live;
        TestContext.Current.TestOutputHelper?.WriteLine($"{growth} live bytes more, {each} bytes allocated for each prompt");

        // The pool keeps a buffer of 2 MiB for every thread that has had one; 300 MiB have gone through.
        Assert.InRange(growth, long.MinValue, 16 * MiB);
        Assert.InRange(each, 1, body.Length / 4);
    }

    private static async Task SwallowAsync(HttpContext context)
    {
        ReadResult part;
        do
        {
            part = await context.Request.BodyReader.ReadAsync(context.RequestAborted);
            context.Request.BodyReader.AdvanceTo(part.Buffer.End);
        }
        while (!part.IsCompleted);

        context.Response.ContentType = "application/json";
        await context.Response.Body.WriteAsync("""{"choices":[{"index":0,"message":{"role":"assistant","content":"Read."},"finish_reason":"stop"}]}"""u8.ToArray(), context.RequestAborted);
    }

    private async Task SendAsync(byte[] body, int times)
    {
        for (var i = 0; i < times; i++)
        {
            using var content = new ByteArrayContent(body) { Headers = { ContentType = new("application/json") } };
            using var response = await fixture.Client.PostAsync(new Uri("/v1/chat/completions", UriKind.Relative), content, Cancelled);
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        }

        fixture.Api.Logs.Clear();
    }
}
