using System.Text;
using ChatModels.Chat;
using ChatModels.Providers;
using ChatModels.Registry;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace ChatModels.Tests.Chat;

public class ChunkStreamTests
{
    private const string Role = "data: {\"choices\":[{\"index\":0,\"delta\":{\"role\":\"assistant\",\"content\":\"\"},\"finish_reason\":null}]}\n\n";
    private const string Hello = "data: {\"id\":\"c1\",\"model\":\"up\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"Hé \\u00e9\"}}]}\n\n";
    private const string Stop = "data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n";
    private const string Usage = "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":2,\"prompt_tokens_details\":{\"cached_tokens\":1}}}\n\n";
    private const string Done = "data: [DONE]\n\n";

    private readonly FakeTimeProvider _time = new();

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3)]
    public async Task ReadAsync_PassesEveryByteThrough_HoweverTheyArrive(int everyLate)
    {
        const string answer = Role + ": keep-alive\n\n" + Hello + Stop + Done;
        for (var size = 1; size <= answer.Length + 1; size++)
        {
            Assert.Equal(answer, await ReadAllAsync(new PiecesStream(Encoding.UTF8.GetBytes(answer), size, everyLate: everyLate)));
        }
    }

    [Fact]
    public async Task ReadAsync_TakesAByteOrderMarkAway_AtTheStart()
    {
        var body = Encoding.UTF8.GetBytes("\uFEFF" + Role + Hello + Stop + Done);
        for (var size = 1; size <= 8; size++)
        {
            Assert.Equal(Role + Hello + Stop + Done, await ReadAllAsync(new PiecesStream(body, size)));
        }
    }

    [Fact]
    public async Task ReadAsync_OfALongStream_PassesEveryByteThrough_WhileItReadsAhead()
    {
        var answer = string.Concat(Enumerable.Repeat(Role + Hello, 2_000)) + Stop + Done;

        Assert.Equal(answer, await ReadAllAsync(new PiecesStream(Encoding.UTF8.GetBytes(answer), 1_500, everyLate: 2)));
    }

    [Fact]
    public async Task ReadAsync_TakesUsageOut_WhenTheClientDidNotAsk()
    {
        var body = Encoding.UTF8.GetBytes(Role + Hello + Stop + Usage + Done);
        for (var size = 1; size <= body.Length; size += 7)
        {
            Assert.Equal(Role + Hello + Stop + Done, await ReadAllAsync(new PiecesStream(body, size)));
        }
    }

    [Fact]
    public async Task ReadAsync_LeavesUsageIn_WhenTheClientAsked()
    {
        Assert.Equal(Role + Hello + Stop + Usage + Done, await ReadAllAsync(Pieces(Role + Hello + Stop + Usage + Done), keepUsage: true));
    }

    [Fact]
    public async Task Facts_HaveWhatTheProviderReported()
    {
        using var deadline = new AttemptDeadline(_time, TestContext.Current.CancellationToken);
        using var chunks = Chunks(Pieces(Role + Hello + Stop + Usage + Done), keepUsage: false, deadline);
        while (await chunks.ReadAsync() is { IsEmpty: false })
        {
        }

        Assert.Equal(("c1", "up", new TokenUsage(3, 2, 1, null)), (chunks.Facts.Id, chunks.Facts.Model, chunks.Facts.Usage!.Value));
        Assert.Equal(["stop"], chunks.Facts.FinishReasons!);
    }

    [Theory]
    [InlineData(Role + Hello)]
    [InlineData(Role + Hello + Done)]
    [InlineData(Role + Hello + "data: {\"choices\":[{\"ind")]
    public async Task ReadAsync_OfAStreamThatEndsTooEarly_EndsWithAnErrorAndNeverWithDone(string cut)
    {
        var answer = await ReadAllAsync(Pieces(cut));

        Assert.StartsWith(Role + Hello + "data: {\"error\":{\"message\":\"Provider 'p' ended its stream before the answer was complete.\"", answer, StringComparison.Ordinal);
        Assert.Contains("\"code\":\"upstream_truncated\"", answer, StringComparison.Ordinal);
        Assert.DoesNotContain("[DONE]", answer, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Role + Hello + Stop)]
    [InlineData(Role + Hello + Stop + "data: [DONE]")]
    [InlineData(Role + Hello + Stop + "data: [DONE]\n")]
    public async Task ReadAsync_OfAWholeAnswerWithoutItsLastFrame_SuppliesIt(string body)
    {
        Assert.Equal(Role + Hello + Stop + Done, await ReadAllAsync(Pieces(body)));
    }

    [Theory]
    [InlineData("data: {\"error\":{\"message\":\"sk-secret\"}}\n\n", ErrorCodes.UpstreamError)]
    [InlineData("data: {\"id\":\"x\",\"error\":{\"message\":\"sk-secret\"},\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"error\"}]}\n\n", ErrorCodes.UpstreamError)]
    [InlineData("data: <html>\n\n", ErrorCodes.UpstreamInvalidResponse)]
    [InlineData("\uFEFF" + Hello, ErrorCodes.UpstreamInvalidResponse)]
    [InlineData("data: {\"choices\":[]}\rdata: {\"choices\":[]}\n\n", ErrorCodes.UpstreamInvalidResponse)]
    public async Task ReadAsync_OfAnErrorOrGarbageMidway_SaysItInOurWords(string frame, string code)
    {
        var answer = await ReadAllAsync(Pieces(Role + Hello + frame + Hello + Done));

        Assert.Contains($"\"code\":\"{code}\"", answer, StringComparison.Ordinal);
        Assert.DoesNotContain("sk-secret", answer, StringComparison.Ordinal);
        Assert.DoesNotContain("[DONE]", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ReadToContent_HoldsBackUntilContent()
    {
        using var deadline = new AttemptDeadline(_time, TestContext.Current.CancellationToken);
        using var chunks = Chunks(Pieces(Role + ": wait\n\n" + Hello + Stop + Done), keepUsage: false, deadline);

        Assert.Null(await chunks.ReadToContentAsync());
        Assert.True(chunks.Facts.HasContent);
    }

    [Theory]
    [InlineData("", ErrorCodes.UpstreamTruncated)]
    [InlineData(Role, ErrorCodes.UpstreamTruncated)]
    [InlineData(Role + Done, ErrorCodes.UpstreamTruncated)]
    [InlineData(Role + "data: {\"error\":{\"message\":\"overloaded\"}}\n\n", ErrorCodes.UpstreamError)]
    [InlineData("data: nonsense\n\n", ErrorCodes.UpstreamInvalidResponse)]
    public async Task ReadToContent_WithoutContent_IsAFailureThatMayGoElsewhere(string body, string code)
    {
        using var deadline = new AttemptDeadline(_time, TestContext.Current.CancellationToken);
        using var chunks = Chunks(Pieces(body), keepUsage: false, deadline);

        Assert.Equal(code, (await chunks.ReadToContentAsync())?.Code);
    }

    [Fact]
    public async Task ReadAsync_WhenTheProviderFallsSilent_EndsWithItsOwnError()
    {
        using var deadline = new AttemptDeadline(_time, TestContext.Current.CancellationToken);
        using var chunks = Chunks(new PiecesStream(Encoding.UTF8.GetBytes(Role + Hello), 4096, hangs: true), keepUsage: false, deadline);
        await chunks.ReadToContentAsync();
        await chunks.ReadAsync();

        var silent = chunks.ReadAsync();
        _time.Advance(TimeSpan.FromSeconds(31));

        Assert.Contains("stream_idle_timeout", Encoding.UTF8.GetString((await silent).Span), StringComparison.Ordinal);
    }

    [Fact]
    public async Task ReadAsync_WhenTheCallerGoesAway_IsCancelled()
    {
        using var caller = new CancellationTokenSource();
        using var deadline = new AttemptDeadline(_time, caller.Token);
        using var chunks = Chunks(new PiecesStream(Encoding.UTF8.GetBytes(Role), 4096, hangs: true), keepUsage: false, deadline);
        var reading = chunks.ReadToContentAsync().AsTask();

        await caller.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading);
        Assert.Null(chunks.Failure);
    }

    private static PiecesStream Pieces(string text) => new(Encoding.UTF8.GetBytes(text), 4096);

    private static ChunkStream Chunks(Stream body, bool keepUsage, AttemptDeadline deadline)
    {
        var provider = new ProviderEntry { Id = "p", Config = new ProviderConfig { Type = "openai" }, Tag = new EntityTag(1, "s") };
        var deployment = new Deployment(provider, new DeploymentConfig { Provider = "p", Model = "up" });
        var request = new ChatRequest
        {
            Call = new ChatCall(UpstreamOperation.ChatCompletions, default),
            Body = default,
            Model = "m",
            ModelToken = default,
            FirstMember = 0,
            StreamOptions = new StreamOptions(default, IsObject: true, IsEmpty: false, default, keepUsage),
        };
        return new ChunkStream(body, request, deployment, deadline, TimeSpan.FromSeconds(30));
    }

    private async Task<string> ReadAllAsync(Stream body, bool keepUsage = false)
    {
        using var deadline = new AttemptDeadline(_time, TestContext.Current.CancellationToken);
        using var chunks = Chunks(body, keepUsage, deadline);
        var all = new MemoryStream();
        while (await chunks.ReadAsync() is { IsEmpty: false } bytes)
        {
            all.Write(bytes.Span);
        }

        return Encoding.UTF8.GetString(all.ToArray());
    }

    /// <summary>Gives its bytes in pieces of one size; then ends, or hangs until it is cancelled.</summary>
    private sealed class PiecesStream(byte[] bytes, int size, bool hangs = false, int everyLate = 0) : MemoryStream(bytes)
    {
        private int _reads;

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (hangs && Position == Length)
            {
                await Task.Delay(Timeout.Infinite, cancellationToken);
            }

            if (everyLate > 0 && ++_reads % everyLate == 0)
            {
                await Task.Yield();
            }

            return await base.ReadAsync(buffer[..int.Min(size, buffer.Length)], cancellationToken);
        }
    }
}
