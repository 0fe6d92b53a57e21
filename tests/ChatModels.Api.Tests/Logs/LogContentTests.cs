using ChatModels.Api.Tests.Hosting;
using ChatModels.Testing;
using Microsoft.Extensions.Logging;
using Xunit;

namespace ChatModels.Api.Tests.Logs;

public sealed class LogContentTests
{
    private const string Said = "canary-prompt-5d2f";
    private const string Answered = "canary-answer-9e1c";

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    /// <summary>Good answers, streams, answers that break off, refusals in the provider's words: none of it is anybody's business.</summary>
    [Fact]
    [Trait("Requirement", "FR-011")]
    public async Task NoLine_AtAnyLevel_HoldsWhatWasSaid()
    {
        await using var api = await TestApi.StartAsync(Cancelled, configure: builder => builder.Logging.AddFilter(null, LogLevel.Trace));
        await api.UntilReadyAsync(Cancelled);
        foreach (var (name, reply) in Replies())
        {
            await using var upstream = await FakeUpstream.StartAsync(reply, Cancelled);
            await api.Client.PutAsync($"/registry/providers/{name}", $$"""{"type":"openai","endpoint":"{{upstream.Endpoint}}"}""", Cancelled);
            await api.Client.PutAsync($"/registry/models/{name}", $$"""{"deployments":[{"provider":"{{name}}","model":"m"}]}""", Cancelled);
            foreach (var stream in new[] { "false", "true" })
            {
                using var answer = await api.Client.SendAsync(
                    HttpMethod.Post, "/v1/chat/completions", $$"""{"model":"{{name}}","stream":{{stream}},"messages":[{"role":"user","content":"{{Said}}"}]}""", Cancelled);
                await answer.Content.ReadAsStringAsync(Cancelled);
            }
        }

        var lines = api.Logs.GetSnapshot().Select(line => $"{line.Message} {line.Exception} {string.Join(' ', line.StructuredState ?? [])}").ToList();
        Assert.Contains(lines, line => line.Contains("failed with 502", StringComparison.Ordinal));
        Assert.All(lines, line => Assert.DoesNotContain("canary-", line, StringComparison.Ordinal));
    }

    private static IEnumerable<(string Name, UpstreamHandler Reply)> Replies() =>
    [
        ("good", UpstreamReply.Auto(Answered)),
        ("refusing", UpstreamReply.Error(400, message: Answered)),
        ("failing", UpstreamReply.Error(500, message: Answered)),
        ("no-json", UpstreamReply.Json($"<p>{Answered}</p>")),
        ("cut", UpstreamReply.CutMidBody()),
    ];
}
