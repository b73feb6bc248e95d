using FsCheck;
using FsCheck.Fluent;

namespace Helpdesk.Knowledge.Tests.Analysis;

/// <summary>Texts of any UTF-16 units: letters of many scripts, marks, controls, and surrogates with and without their other half.</summary>
internal static class AnyText
{
    public static Arbitrary<string> Arbitrary { get; } =
        Gen.OneOf(
                Gen.Choose(0x20, 0x7E),
                Gen.Choose(0xA0, 0x24F),
                Gen.Choose(0x300, 0x36F),
                Gen.Choose(0x400, 0x4FF),
                Gen.Choose(0xD800, 0xDFFF),
                Gen.Choose(0, 0xFFFF),
                Gen.Elements([(int)'\'', '’', '-', '.', ' ', 's', '1', 0x200D, 0xFEFF])
            )
            .ListOf()
            .Select(units => string.Concat(units.Select(unit => (char)unit)))
            .ToArbitrary();
}
