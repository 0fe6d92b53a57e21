using System.Text;
using ChatModels.Batches;
using ChatModels.Batches.Input;
using ChatModels.Batches.Running;
using Xunit;

namespace ChatModels.Tests.Batches.Input;

public sealed class InputCheckTests
{
    private const string Good = """{"custom_id":"a","method":"POST","url":"/v1/chat/completions","body":{"model":"m","messages":[]}}""";

    [Theory]
    [InlineData("{GOOD}")]
    [InlineData("{GOOD}\n")]
    [InlineData("{GOOD}\r\n")]
    [InlineData("\uFEFF{GOOD}\n")]
    [InlineData("{GOOD}\n\n  \n\r\n")]
    public async Task AGoodFile_IsGood_HoweverItsLinesEnd(string text)
    {
        var check = await RunAsync(text);

        Assert.Empty(check.Mistakes);
        Assert.Equal((1, new InputChunk(0, 0, 0, 1)), (check.Lines, Assert.Single(check.Layout.Chunks)));
    }

    [Theory]
    [InlineData("", "empty_file", null)]
    [InlineData("\n\n", "empty_file", null)]
    [InlineData("{GOOD}\nnot json", "invalid_json_line", 2)]
    [InlineData("{GOOD}\n[1]", "invalid_json_line", 2)]
    [InlineData("{GOOD}\n{\"custom_id\":\"b\"", "invalid_json_line", 2)]
    [InlineData("{GOOD} {GOOD}", "invalid_json_line", 1)]
    [InlineData("{GOOD}\n\n{GOOD}", "invalid_json_line", 2)]
    [InlineData("{GOOD}\n{GOOD}", "duplicate_custom_id", 2)]
    [InlineData("{\"method\":\"POST\",\"url\":\"/v1/chat/completions\",\"body\":{\"model\":\"m\"}}", "missing_required_parameter", 1)]
    [InlineData("{\"custom_id\":\"\",\"method\":\"POST\",\"url\":\"/v1/chat/completions\",\"body\":{\"model\":\"m\"}}", "invalid_custom_id", 1)]
    [InlineData("{\"custom_id\":7,\"method\":\"POST\",\"url\":\"/v1/chat/completions\",\"body\":{\"model\":\"m\"}}", "invalid_custom_id", 1)]
    [InlineData("{\"custom_id\":\"a\",\"method\":\"GET\",\"url\":\"/v1/chat/completions\",\"body\":{\"model\":\"m\"}}", "invalid_method", 1)]
    [InlineData("{\"custom_id\":\"a\",\"method\":\"POST\",\"url\":\"/v1/embeddings\",\"body\":{\"model\":\"m\"}}", "url_mismatch", 1)]
    [InlineData("{\"custom_id\":\"a\",\"method\":\"POST\",\"url\":\"/v1/chat/completions\",\"body\":[]}", "invalid_type", 1)]
    [InlineData("{\"custom_id\":\"a\",\"method\":\"POST\",\"url\":\"/v1/chat/completions\",\"body\":{}}", "missing_required_parameter", 1)]
    [InlineData("{\"custom_id\":\"a\",\"method\":\"POST\",\"url\":\"/v1/chat/completions\",\"body\":{\"model\":\"unknown\"}}", "model_not_found", 1)]
    [InlineData("{\"custom_id\":\"a\",\"method\":\"POST\",\"url\":\"/v1/chat/completions\",\"body\":{\"model\":\"m\",\"stream\":true}}", "invalid_value", 1)]
    public async Task AMistake_IsNamedWithItsLine(string text, string code, int? line)
    {
        var mistake = Assert.Single((await RunAsync(text)).Mistakes);

        Assert.Equal((code, line), (mistake.Code, mistake.Line));
        Assert.NotEqual("", mistake.Message);
    }

    [Fact]
    public async Task EscapedIds_ThatAreTheSame_AreTheSame()
    {
        var check = await RunAsync($"{Good}\n{Good.Replace("\"a\"", "\"\\u0061\"", StringComparison.Ordinal)}");

        Assert.Equal("duplicate_custom_id", Assert.Single(check.Mistakes).Code);
    }

    [Fact]
    public async Task Mistakes_AreOneHundredAtMost()
    {
        var check = await RunAsync(string.Join('\n', Enumerable.Repeat("x", 500)));

        Assert.Equal(Enumerable.Range(1, 100), check.Mistakes.Select(m => m.Line!.Value));
    }

    [Fact]
    public async Task TooManyLines_AreOneMistake()
    {
        var check = await RunAsync(Many(6), new BatchOptions { MaxLines = 5 });

        Assert.Equal(("too_many_tasks", null), (Assert.Single(check.Mistakes).Code, check.Mistakes[0].Line));
    }

    [Theory]
    [InlineData(50_000, null)]
    [InlineData(50_001, "too_many_tasks")]
    public async Task FiftyThousandLines_AreTheMost(int lines, string? code)
    {
        var check = await RunAsync(Many(lines));

        Assert.Equal(code, check.Mistakes.SingleOrDefault()?.Code);
    }

    [Fact]
    public async Task ALineOverTheLimit_IsNamed_AndTheNextIsRead()
    {
        var check = await RunAsync($"{Good}\n{new string('x', 300_000)}\nnot json", new BatchOptions { MaxLineBytes = 2_000 });

        Assert.Equal([("line_too_large", 2), ("invalid_json_line", 3)], check.Mistakes.Select(m => (m.Code, m.Line!.Value)));
    }

    [Fact]
    public async Task Chunks_HoldSoManyLines_AndSoManyBytes()
    {
        var byLines = await RunAsync(Many(10), new BatchOptions { ChunkLines = 4 });
        var byBytes = await RunAsync(Many(10), new BatchOptions { ChunkBytes = 250 });

        Assert.Equal([4, 4, 2], byLines.Layout.Chunks.Select(c => c.Lines));
        Assert.Equal([2, 2, 2, 2, 2], byBytes.Layout.Chunks.Select(c => c.Lines));
        Assert.Equal([0, 4, 8], byLines.Layout.Chunks.Select(c => c.FirstLine));
        Assert.Equal(byLines.Layout.Chunks, InputLayout.Parse(byLines.Layout.ToBytes().Span).Chunks);
    }

    [Fact]
    public async Task AChunk_BeginsWhereItsFirstLineBegins()
    {
        var text = Many(9);
        var check = await RunAsync(text, new BatchOptions { ChunkLines = 2 });

        foreach (var chunk in check.Layout.Chunks)
        {
            using var input = new MemoryStream(Encoding.UTF8.GetBytes(text)) { Position = chunk.Offset };
            using var reader = new LineReader(input, 10_000);
            Assert.True(await reader.ReadAsync(TestContext.Current.CancellationToken));
            Assert.Contains($"\"id{chunk.FirstLine}\"", Encoding.UTF8.GetString(reader.Line.Span), StringComparison.Ordinal);
        }
    }

    private static string Many(int count) => string.Join('\n', Enumerable.Range(0, count).Select(i => Good.Replace("\"a\"", $"\"id{i}\"", StringComparison.Ordinal)));

    private static async Task<InputCheck> RunAsync(string text, BatchOptions? options = null)
    {
        var check = new InputCheck("/v1/chat/completions", new OneModel(), options ?? new BatchOptions());
        using var input = new MemoryStream(Encoding.UTF8.GetBytes(text.Replace("{GOOD}", Good, StringComparison.Ordinal)));
        await check.RunAsync(input, TestContext.Current.CancellationToken);
        return check;
    }

    private sealed class OneModel : IModelNames
    {
        public bool IsLoaded => true;

        public bool Exists(string name) => name == "m";

        public string Resolve(string name) => name;
    }
}
