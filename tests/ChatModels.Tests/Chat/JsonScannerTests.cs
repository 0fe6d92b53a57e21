using System.Text;
using System.Text.Json;
using ChatModels.Chat;
using Xunit;

namespace ChatModels.Tests.Chat;

public class JsonScannerTests
{
    private const string Sample =
        """{"model":"a/b","messages":[{"role":"user","content":"line\nline \u00e9 \"q\""},{"x":[1,-2.5e+10,0.1,true,false,null,[],{}]}],"n":1,"s":{"a":{"b":[[]]}}}""";

    [Theory]
    [InlineData("1")]
    [InlineData(" [ 1 , 2 ] ")]
    [InlineData("{}")]
    [InlineData("""{"a":{"b":[{"c":"\u0041\\"}]}}""")]
    [InlineData("-0.5e-3")]
    public void TrySkipValue_OfValidJson_CrossesAllOfIt(string json)
    {
        Assert.True(Accepts(Encoding.UTF8.GetBytes(json)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("[1,]")]
    [InlineData("[,1]")]
    [InlineData("{,}")]
    [InlineData("""{"a":1,}""")]
    [InlineData("""{"a" 1}""")]
    [InlineData("""{a:1}""")]
    [InlineData("01")]
    [InlineData("1.")]
    [InlineData("-")]
    [InlineData("1e")]
    [InlineData("tru")]
    [InlineData("\"a")]
    [InlineData("\"\\x\"")]
    [InlineData("\"\\u00g0\"")]
    [InlineData("\"a\nb\"")]
    [InlineData("[1}")]
    [InlineData("1 2")]
    public void TrySkipValue_OfBrokenJson_SaysSo(string json)
    {
        Assert.False(Accepts(Encoding.UTF8.GetBytes(json)));
    }

    [Fact]
    public void TrySkipValue_GoesAsDeepAsToolSchemasDo_AndNoDeeper()
    {
        Assert.True(Accepts(Nested(JsonScanner.MaxDepth)));
        Assert.False(Accepts(Nested(JsonScanner.MaxDepth + 1)));

        static byte[] Nested(int depth) => Encoding.UTF8.GetBytes(new string('[', depth) + new string(']', depth));
    }

    [Fact]
    public void TrySkipValue_OfMutatedJson_AgreesWithUtf8JsonReader()
    {
        var seed = Random.Shared.Next();
        var random = new Random(seed);
        var alphabet = "{}[],:\"\\ \n\t\r0123456789.-+eEtrufalsn\u0001x"u8.ToArray();
        for (var i = 0; i < 50_000; i++)
        {
            var json = Encoding.UTF8.GetBytes(Sample);
            for (var edits = random.Next(1, 4); edits > 0; edits--)
            {
                json[random.Next(json.Length)] = alphabet[random.Next(alphabet.Length)];
            }

            Assert.True(Accepts(json) == ReaderAccepts(json), $"seed {seed}, case {i}: {Encoding.UTF8.GetString(json)}");
        }
    }

    private static bool Accepts(ReadOnlySpan<byte> json)
    {
        var scanner = new JsonScanner(json);
        return scanner.TrySkipValue() && scanner.AtEnd();
    }

    private static bool ReaderAccepts(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = JsonScanner.MaxDepth });
        try
        {
            while (reader.Read())
            {
            }

            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
