using System.Diagnostics;
using System.Net;
using System.Text;
using ChatModels.Api.Tests.Hosting;
using ChatModels.Testing;
using Xunit;

namespace ChatModels.Api.Tests.Fleet;

/// <summary>The largest apply that the Api takes, into a real redis-server.</summary>
public sealed class LargeApplyTests(SharedStores stores)
{
    private const int Models = 10_000;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    [Trait("Requirement", "NFR-005")]
    public async Task Apply_TenThousandModels_IsOneRevisionThatEveryReplicaServes()
    {
        var server = await stores.GetAsync(StoreKind.Redis, Cancelled);
        var settings = new Dictionary<string, string?> { ["ConnectionStrings:redis"] = server.ConnectionString, ["ChatModels:Registry:Name"] = SharedStores.UniqueName() };
        await using var api = await TestApi.StartAsync(Cancelled, settings: settings);
        await using var other = await TestApi.StartAsync(Cancelled, settings: settings);
        await api.UntilReadyAsync(Cancelled);
        await other.UntilReadyAsync(Cancelled);
        for (var round = 1; round <= 3; round++)
        {
            var response = await ApplyAsync(api, Body(round));

            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            var list = await other.Client.GetAsync($"/registry/models?minRevision={response.Header("x-chatmodels-registry-revision")}", Cancelled);
            var models = (await list.JsonAsync(Cancelled)).GetProperty("models").EnumerateArray().Count(m => m.TryGetProperty("contextWindow", out var window) && window.GetInt32() == round);
            Assert.Equal(Models, models);
        }
    }

    // A machine on which other tests run may be too slow at any one time; the answer says that nothing was written, and a client asks again.
    private static async Task<HttpResponseMessage> ApplyAsync(TestApi api, string body)
    {
        HttpResponseMessage? last = null;
        await WaitUntil.TrueAsync(
            async token =>
            {
                var started = Stopwatch.GetTimestamp();
                last = await api.Client.PostAsync("/registry/apply", new StringContent(body, Encoding.UTF8, "application/json"), token);
                TestContext.Current.TestOutputHelper?.WriteLine($"{body.Length} bytes: {(int)last.StatusCode} in {Stopwatch.GetElapsedTime(started).TotalMilliseconds:0} ms");
                return last.StatusCode is not HttpStatusCode.ServiceUnavailable;
            },
            "an answer from a store that has time",
            TimeSpan.FromMinutes(3),
            Cancelled);
        return last!;
    }

    private static string Body(int contextWindow)
    {
        var body = new StringBuilder(8 * 1024 * 1024).Append("""{"models":[""");
        for (var number = 0; number < Models; number++)
        {
            body.Append(number == 0 ? "" : ",").Append("{\"id\":\"vendor/model-").Append(number).Append("\",\"contextWindow\":").Append(contextWindow)
                .Append(",\"capabilities\":[\"chat\",\"streaming\",\"tools\",\"vision\"],\"maxOutputTokens\":16384,\"aliases\":[\"alias-").Append(number)
                .Append("\"],\"deployments\":[{\"provider\":\"simulator\",\"model\":\"").Append('x', 200).Append(number)
                .Append("\",\"weight\":3},{\"provider\":\"simulator\",\"model\":\"").Append('y', 200).Append(number)
                .Append("\",\"priority\":1}],\"pricing\":{\"inputPerMillion\":2.5,\"outputPerMillion\":10},\"enabled\":true}");
        }

        return body.Append("]}").ToString();
    }
}
