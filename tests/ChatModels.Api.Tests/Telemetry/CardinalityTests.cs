using ChatModels.Api.Tests.Hosting;
using ChatModels.Testing;
using Xunit;

namespace ChatModels.Api.Tests.Telemetry;

/// <summary>However many models, providers and keys there are, metrics stay within what the options allow.</summary>
public sealed class CardinalityTests
{
    private const int Models = 10_000;
    private const int Providers = 100;
    private const int ClientKeys = 1_000;
    private const int MaxModels = 50;
    private const int MaxProviders = 10;
    private const string Prefix = "cardinality-";

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    [Trait("Requirement", "FR-009")]
    public async Task TenThousandModels_AndAThousandKeys_StayWithinTheLimits()
    {
        await using var api = await TestApi.StartAsync(Ct, "Production", Settings());
        await api.UntilReadyAsync(Ct);
        await RegisterAsync(api);
        using var metrics = new MetricsRecorder("ChatModels");

        await AskForEachModelAsync(api).WaitAsync(Patience, Ct);
        await WaitUntil.TrueAsync(() => metrics.All.Count(IsOfARequest) >= Models, "every request's measurement", cancellationToken: Ct); // They are recorded many at once.
        metrics.Observe();

        var ours = metrics.All.Where(IsOurs).ToArray();
        var series = ours.GroupBy(m => m.Name).ToDictionary(m => m.Key, m => m.Select(Series).Distinct().Count());
        Assert.Equal(MaxModels, ours.Select(m => m.Tag("gen_ai.request.model")).Where(HasPrefix).Distinct().Count());
        Assert.Equal(MaxProviders, ours.Select(m => m.Tag("chatmodels.provider.id")).Where(HasPrefix).Distinct().Count());
        Assert.All(series, s => Assert.InRange(s.Value, 1, 2 * (MaxModels + MaxProviders + 1))); // Tokens are counted twice: in and out.
        Assert.True(metrics.All.Count(m => m.Name == "gen_ai.server.request.duration" && m.Tag("gen_ai.request.model") == "_other") >= Models - MaxModels);
        Assert.DoesNotContain(metrics.All.SelectMany(m => m.Tags.Values).OfType<string>(), value => value.Contains("a-key-", StringComparison.Ordinal));
    }

    private static bool IsOfARequest(Measured measured) =>
        measured.Name == "gen_ai.server.request.duration" && (measured.Tag("gen_ai.request.model") == "_other" || HasPrefix(measured.Tag("gen_ai.request.model")));

    private static Dictionary<string, string?> Settings()
    {
        Dictionary<string, string?> settings = new()
        {
            ["ChatModels:Registry:Store"] = "memory",
            ["ChatModels:Security:AdminKeys:0"] = "the-admin",
            ["Secrets:the-admin"] = "admin-a-key-",
            ["ChatModels:Telemetry:MaxModels"] = $"{MaxModels}",
            ["ChatModels:Telemetry:MaxProviders"] = $"{MaxProviders}",
        };
        for (var i = 0; i < ClientKeys; i++)
        {
            settings[$"ChatModels:Security:ClientKeys:{i}"] = $"a-key-{i}";
            settings[$"Secrets:a-key-{i}"] = Key(i);
        }

        return settings;
    }

    private static async Task RegisterAsync(TestApi api)
    {
        var providers = string.Join(',', Enumerable.Range(0, Providers).Select(i => $$"""{"id":"{{Prefix}}{{i}}","type":"simulator"}"""));
        var models = string.Join(',', Enumerable.Range(0, Models).Select(i => $$"""{"id":"{{Prefix}}{{i}}","deployments":[{"provider":"{{Prefix}}{{i % Providers}}","model":"fast"}]}"""));
        using var admin = api.ClientWith("admin-a-key-");
        using var applied = await admin.SendAsync(HttpMethod.Post, "/registry/apply", $$"""{"providers":[{{providers}}],"models":[{{models}}]}""", Ct);
        Assert.Equal(200, (int)applied.StatusCode);
    }

    private static Task AskForEachModelAsync(TestApi api) => Parallel.ForAsync(0, Models, new ParallelOptions { MaxDegreeOfParallelism = 8, CancellationToken = Ct }, async (i, stop) =>
    {
        using var response = await api.Client.SendAsync(
            HttpMethod.Post, "/v1/chat/completions", $$"""{"model":"{{Prefix}}{{i}}","messages":[{"role":"user","content":"Hi"}]}""", stop, ("Authorization", $"Bearer {Key(i % ClientKeys)}"));
        Assert.Equal(200, (int)response.StatusCode);
    });

    private static string Key(int number) => $"client-a-key-{number:000000}";

    // Other tests of this process measure too.
    private static bool IsOurs(Measured measured) => HasPrefix(measured.Tag("gen_ai.request.model")) || HasPrefix(measured.Tag("chatmodels.provider.id"));

    private static bool HasPrefix(string? name) => name?.StartsWith(Prefix, StringComparison.Ordinal) is true;

    private static string Series(Measured measured) => string.Join(' ', measured.Tags.OrderBy(t => t.Key, StringComparer.Ordinal).Select(t => $"{t.Key}={t.Value}"));
}
