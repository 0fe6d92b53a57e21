using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using ChatModels.Registry;

namespace ChatModels.Batches;

/// <summary>Ids. What a batch produces has ids that follow from the batch's own, so that whoever produces it, and however often, gives it the same.</summary>
internal static class BatchIds
{
    private const int Shown = 32;

    public static string NewBatch(Chance chance) => $"batch_{chance.NextId()}{chance.NextId()}";

    public static string NewFile(Chance chance) => $"file-{chance.NextId()}{chance.NextId()}";

    public static string OutputFile(string batch) => $"file-{Derived($"output:{batch}")}";

    public static string ErrorFile(string batch) => $"file-{Derived($"errors:{batch}")}";

    public static string Request(string batch, int line) => $"batch_req_{Derived(string.Create(CultureInfo.InvariantCulture, $"line:{batch}:{line}"))}";

    public static string Response(string batch, int line) => $"req_{Derived(string.Create(CultureInfo.InvariantCulture, $"response:{batch}:{line}"))}";

    /// <summary>Where the results of a chunk are kept between its seal and the batch's end.</summary>
    public static string Part(string batch, int chunk) => string.Create(CultureInfo.InvariantCulture, $"part-{chunk}-{batch}");

    /// <summary>The batch whose part it is; null when it is none.</summary>
    public static string? BatchOfPart(string file) => file.Split('-', 3) is ["part", _, var batch] ? batch : null;

    private static string Derived(string from) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(from)))[..Shown];
}
