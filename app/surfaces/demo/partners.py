"""Whom the demo company trades with."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Customer:
    """A customer.  term: how he pays.  credit: his limit in renminbi."""

    code: str
    name: str
    city: str
    street: str
    contact: str
    phone: str
    seller: str
    term: str = "NET30"
    credit: int | None = 200_000
    currency: str = "CNY"


@dataclass(frozen=True, slots=True)
class Supplier:
    """A supplier.  offers: category -> what he asks, in percent of the best price; rank: smaller is asked first."""

    code: str
    name: str
    city: str
    contact: str
    buyer: str
    lead_days: int
    rank: int
    offers: tuple[tuple[str, int], ...]
    minimum: int = 0
    term: str = "NET30"


CUSTOMERS = (
    Customer("KSLT", "昆山联拓精密机械有限公司", "昆山", "玉山镇城北路288号", "邵工", "0512-5711 2860", "linxiaowen"),
    Customer("TCHD", "太仓海德自动化设备有限公司", "太仓", "经济开发区北京东路88号", "顾经理", "0512-5350 6618", "zhoulei"),
    Customer("SZRY", "苏州锐远机电有限公司", "苏州", "工业园区星湖街218号", "蒋小姐", "0512-6280 4411", "linxiaowen"),
    Customer("WXHT", "无锡恒泰传动科技有限公司", "无锡", "新吴区长江南路35号", "钱主管", "0510-8521 7733", "zhoulei"),
    Customer("CZBK", "常州博凯电气有限公司", "常州", "新北区黄河西路199号", "潘工", "0519-8510 2207", "linxiaowen"),
    Customer("SHYX", "上海沅鑫工程设备有限公司", "上海", "嘉定区安亭镇园国路1188号", "龚先生", "021-5957 3320", "shenjiayi"),
    Customer("JXML", "嘉兴明朗包装机械有限公司", "嘉兴", "秀洲区康和路1288号", "沈厂长", "0573-8279 0556", "zhoulei", "NET15"),
    Customer("HZKE", "湖州科尔电机有限公司", "湖州", "吴兴区八里店镇", "费工", "0572-2396 118", "zhoulei"),
    Customer("NTJS", "南通江盛船舶配件有限公司", "南通", "港闸区永和路78号", "陆经理", "0513-8556 9012", "linxiaowen"),
    Customer("CSXF", "常熟信丰汽车零部件有限公司", "常熟", "东南大道333号", "周采购", "0512-5283 7741", "linxiaowen", "EOM60"),
    Customer("ZJGH", "张家港宏业钢构有限公司", "张家港", "杨舍镇塘市西路", "季总", "0512-5890 2215", "zhoulei", "NET30", 25_000),
    Customer("WJTY", "吴江天一纺机有限公司", "苏州", "吴江区盛泽镇西二环路", "金工", "0512-6355 8120", "zhoulei", "NET15"),
    Customer("SZLK", "苏州蓝科医疗器械有限公司", "苏州", "高新区科灵路37号", "徐小姐", "0512-6807 5523", "linxiaowen"),
    Customer("KSDH", "昆山德鸿电子有限公司", "昆山", "张浦镇俱进路", "杨采购", "0512-5744 3902", "linxiaowen"),
    Customer("NJBR", "南京博润环保设备有限公司", "南京", "江宁区秣陵街道", "董工", "025-5210 8896", "shenjiayi"),
    Customer("YZHL", "扬州华联照明有限公司", "扬州", "高邮市送桥镇", "居经理", "0514-8432 6107", "shenjiayi"),
    Customer("NBXY", "宁波翔宇注塑机有限公司", "宁波", "北仑区小港街道", "林工", "0574-8617 2205", "zhoulei", "NET15"),
    Customer("HZTD", "杭州拓达智能装备有限公司", "杭州", "萧山区建设二路", "俞经理", "0571-8283 4410", "shenjiayi"),
    Customer("SXJB", "绍兴精博阀门有限公司", "绍兴", "柯桥区平水镇", "章总", "0575-8571 6690", "zhoulei"),
    Customer("SZWD", "苏州维鼎暖通工程有限公司", "苏州", "相城区黄埭镇", "尤工", "0512-6571 0098", "linxiaowen", "PREPAID"),
    Customer("TCJY", "太仓嘉颖家具有限公司", "太仓", "沙溪镇岳王", "毛采购", "0512-5323 7715", "linxiaowen"),
    Customer("JYSF", "江阴顺丰泰纺织有限公司", "江阴", "周庄镇", "许经理", "0510-8622 9130", "zhoulei"),
    Customer("TZQX", "泰州启星泵业有限公司", "泰州", "海陵区", "高工", "0523-8689 4472", "shenjiayi"),
    Customer("SHHM", "上海泓鸣轨道设备有限公司", "上海", "松江区新桥镇", "瞿工", "021-6764 5089", "shenjiayi", "EOM60"),
    Customer("PACT", "Pacific Tooling Ltd.", "Auckland", "12 Harbour Road", "Ms. Moana Reid", "+64 9 555 0142", "shenjiayi",
             "PREPAID", None, "USD"),
)  # fmt: skip

SUPPLIERS = (
    Supplier("NBGD", "宁波固达紧固件有限公司", "宁波", "屠经理", "guzhenhua", 7, 10, (("fasteners", 100),)),
    Supplier("WXZJ", "无锡正杰标准件有限公司", "无锡", "冯小姐", "guzhenhua", 9, 20, (("fasteners", 106),), 5000),
    Supplier("HYHR", "海盐恒锐五金有限公司", "海盐", "朱先生", "guzhenhua", 5, 30, (("fasteners", 112),)),
    Supplier("LYZC", "临沂中驰轴承有限公司", "临沂", "孟经理", "qianmin", 8, 10, (("bearings", 100),)),
    Supplier("JHLT", "金华力腾工具有限公司", "金华", "楼先生", "qianmin", 6, 10, (("tools", 100),)),
    Supplier("NTAF", "南通安防手套有限公司", "南通", "施小姐", "luyiming", 10, 10, (("gloves", 100),)),
    Supplier("SHKN", "上海科耐胶粘材料有限公司", "上海", "贾工", "luyiming", 5, 10, (("adhesives", 100),), 0, "NET15"),
    Supplier("WZLX", "温州联信连接器有限公司", "温州", "叶经理", "guzhenhua", 6, 10, (("connectors", 100),)),
)

#: code, name, own fleet, base charge, charge per kg, phone, page that follows a parcel
CARRIERS = (
    ("OWN", "澄远车队", True, None, None, "0512-6299 8800", ""),
    ("SUJIE", "速捷物流", False, "12.00", "1.80", "400-666-0571", "https://track.example.com/sujie/{number}"),
    ("JNKY", "江南快运", False, "10.00", "2.10", "400-880-0512", "https://track.example.com/jnky/{number}"),
    ("HQWL", "海桥物流", False, "60.00", "0.65", "0512-5355 7100", ""),
    ("AJLD", "安捷零担", False, "45.00", "0.72", "0510-8230 1166", ""),
    ("HDZX", "华东专线", False, "80.00", "0.48", "021-5919 2200", ""),
)

#: plate, name, kg
VANS = (
    ("苏E·8K213", "依维柯 1号", "1500"),
    ("苏E·8K256", "依维柯 2号", "1500"),
    ("苏E·2M771", "厢式货车 4.2米", "3500"),
    ("苏E·D09185", "新能源面包车", "900"),
    ("苏E·5R340", "厢式货车 6.8米", "9800"),
)
